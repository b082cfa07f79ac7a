"""What a run that reads files is told, and what it tells."""

from typing import Final, Literal

import msgspec

from prosa.drivers.journal import Part
from prosa.kit.errors import ProsaError
from prosa.knowledge.stores.models import BATCH, STORE, Fault, FileCounts, Maker
from prosa.runs import Ending, NewRun, Run, RunState
from prosa.usage import Payer

INGESTION: Final = "ingestion"
"""The kind of run."""
CODES: Final = frozenset({"unsupported_file", "invalid_file", "server_error"})
"""What OpenAI's `last_error.code` may be."""
_encode: Final = msgspec.json.Encoder().encode


class Order(msgspec.Struct, omit_defaults=True):
    """What a run is to do: read the files of its batch, or with `anew` have what was read embedded by the store's present model.

    `allowed` is empty: a key is asked whether it is still good, not for the model, which is the installation's choice.
    """

    store_id: str
    anew: bool = False
    key: str | None = None
    dialect: str = "openai"
    allowed: list[str] | None = None

    @staticmethod
    def of(run: Run) -> "Order":
        """What this run was told."""
        return _decode(run.request)

    def payer(self, run: Run) -> Payer:
        """On whose account its calls go."""
        return Payer(run.space, self.dialect, self.key, run.id)


_decode: Final = msgspec.json.Decoder(Order).decode


class Result(msgspec.Struct, kw_only=True):
    """What came of a run: how many files of its batch stand where."""

    object: Literal["ingestion"] = "ingestion"
    vector_store_id: str
    batch_id: str
    file_counts: dict[str, int]
    error: dict[str, str] | None = None


def ingestion(maker: Maker, place: tuple[str, str], rows: tuple[Part, ...], *, anew: bool = False) -> NewRun:
    """The run of a batch. `place`: store and batch; the batch has the run's id."""
    store_id, batch_id = place
    begun = {
        "type": "ingestion.started",
        "sequence_number": 0,
        "vector_store_id": STORE + store_id,
        "batch_id": BATCH + batch_id,
    }
    return NewRun(
        maker.space,
        INGESTION,
        _encode(Order(store_id, anew, maker.key, allowed=[])),
        (_encode(begun),),
        parts=rows,
        id=batch_id,
        account_id=maker.account_id,
        credential_id=maker.credential_id,
    )


def ending(
    run: Run, state: RunState, counts: FileCounts, number: int, error: ProsaError | None = None, rows: tuple[Part, ...] = ()
) -> Ending:
    """The last event, and what stays of the run. `number`: the event's."""
    shown = _encode(
        Result(
            vector_store_id=STORE + Order.of(run).store_id,
            batch_id=BATCH + run.id,
            file_counts=counts_shown(counts),
            error=None if error is None else {"code": error.code, "message": error.message},
        )
    )
    event = b'{"type":"ingestion.%s","sequence_number":%d,"ingestion":%s}' % (state.encode(), number, shown)
    return Ending(state, (event,), shown, rows)


def counts_shown(counts: FileCounts) -> dict[str, int]:
    """Counts in OpenAI's words."""
    return {
        "in_progress": counts.in_progress,
        "completed": counts.completed,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "total": counts.total,
    }


def fault_of(error: ProsaError) -> Fault:
    """What a file shows of why it couldn't be read."""
    return Fault(error.code if error.code in CODES else "server_error", error.message)

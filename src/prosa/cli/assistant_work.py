"""`prosa import assistant`: an installation of system A moves in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from prosa.assistants import AssistantInstallation, MovingReport
from prosa.cli import installing
from prosa.cli.frame import with_workshop
from prosa.cli.port import BootPort, Workshop
from prosa.cli.terminal import complain, say, table
from prosa.drivers.outbound import Client
from prosa.gateway import CallKind, Catalogue, GatewaySettings
from prosa.identity import Arrivals, CredentialReport
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.privacy import list_of


@dataclass(frozen=True, slots=True)
class Moving:
    """What the command was told. `owner`: the e-mail address of who gets the assistants."""

    file: Path
    how: Arrivals
    owner: str | None = None


def begin(port: BootPort, wish: Moving) -> int:
    """Import, or only look; 1 when it can't be."""
    if not wish.file.is_file():
        complain(f"{wish.file}: there is no such file")
        return 1
    try:
        aside = wish.how.dry_run and installing.is_new(port)
        storage = port.storage()
        erased = list_of(storage.data_dir, storage.erasure_copy).read().ids
        gateway = port.configuration(stored=True).gateway
    except ProsaError as error:
        complain(error.message)
        return 1
    wish = replace(wish, how=replace(wish.how, erased=erased))
    return with_workshop(port, lambda shop: _work(shop, wish, gateway), aside=aside)


async def _work(shop: Workshop, wish: Moving, gateway: GatewaySettings) -> int:
    on = replace(shop.assistants, model=await embedding_model(gateway))
    say(_told(await AssistantInstallation(on, wish.how, wish.owner).take(wish.file)))
    return 0


async def embedding_model(gateway: GatewaySettings) -> str | None:
    """What the server gives new vector stores."""
    client = Client()
    try:
        return Catalogue(gateway, client, SystemClock()).default_name(CallKind.EMBEDDINGS)
    finally:
        await client.aclose()


def _told(report: MovingReport) -> str:
    would = report.dry_run
    lines = [
        "a dry run: nothing was written" if would else "done",
        installing.people_told(report.people, would=would),
        _counts(
            (report.assistants, f"assistants in the file, for {report.owner}"),
            (report.added, "assistants would be added" if would else "assistants added"),
            (report.present, "assistants were here already, and stay as they are"),
            (report.deleted, "assistants were deleted there and are left out"),
            (report.refused, "assistants can't be here and are left out"),
            (report.stores, "empty vector stores in the place of those that are gone with the vendor"),
            (report.grants, "times somebody is let in, as the wallets say"),
            *_credentials(report.keys, "API keys", would=would),
            *_credentials(report.links, "integration tokens", would=would),
            (report.unreadable, "records can't be read and were left out"),
        ),
        *(f"  note: {line}" for line in (*report.changed, *report.keys.remarks, *report.told, *report.reasons)),
    ]
    return "\n".join(line for line in lines if line)


def _counts(*rows: tuple[int, str]) -> str:
    return table([(str(count), text) for count, text in rows if count])


def _credentials(report: CredentialReport, what: str, *, would: bool) -> Iterator[tuple[int, str]]:
    yield report.added, f"{what} would be added" if would else f"{what} added, which work as before"
    yield report.present, f"{what} were here already"
    yield report.ended, f"{what} were switched off or over there, and are left out"
    yield report.ownerless, f"{what} are of nobody who came, and are left out"
    yield report.odd, f"{what} are of no form that is known, and are left out"

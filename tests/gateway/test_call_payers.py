"""The gateway tells once of each call who pays for it, and asks the payer's budget before and after."""

import msgspec
import pytest

from prosa.drivers.outbound import Client
from prosa.gateway import CallKind, CallRecord, CallStatus, Gateway, GatewaySettings, Heard, MockTransport, ModelCall, Transports
from prosa.gateway.reply import Ledger
from prosa.gateway.stream.usage import usage_of
from prosa.kit.clock import SystemClock
from prosa.kit.errors import BadRequest, ProsaError
from prosa.usage import Payer, SettledCall

MESSAGES = msgspec.Raw(b'[{"role":"user","content":"hello"}]')
ANA = Payer("ana", "openai", "key_1", "run", "conversation")


class Purse:
    """A budget that remembers, and refuses when it is empty."""

    def __init__(self) -> None:
        self.held: list[object] = []
        self.settled: list[tuple[object, str]] = []
        self.empty = False

    async def reserve(self, payer: Payer | None, kind: str, model: str | None) -> object:
        if self.empty:
            raise BadRequest("The budget is used up.")
        self.held.append((payer, kind, model))
        return len(self.held)

    def settle(self, held: object, call: SettledCall) -> None:
        self.settled.append((held, str(call.status)))


def gateway(purse: Purse, records: list[CallRecord]) -> Gateway:
    settings = GatewaySettings(providers=(), mock=True)
    return Gateway(settings, Transports(Client(), MockTransport()), SystemClock(), records.append, purse)


def question(*, stream: bool = False, heard: Heard | None = None) -> ModelCall:
    fields = {"messages": MESSAGES} | ({"stream": msgspec.Raw(b"true")} if stream else {})
    return ModelCall(CallKind.CHAT, "mock", fields, stream, payer=ANA, heard=heard)


async def test_each_call_is_reserved_for_and_settled_once_with_its_payer() -> None:
    purse, records = Purse(), list[CallRecord]()
    calls = gateway(purse, records)
    whole = await calls.chat(question())
    whole.close()
    stream = await calls.chat(question(stream=True))
    await stream.read()
    stream.close()
    stream.close()
    assert [(record.payer, record.asked, record.model) for record in records] == [(ANA, "mock", "mock")] * 2
    assert purse.held == [(ANA, "chat", "mock")] * 2
    assert [held for held, _ in purse.settled] == [1, 2]
    assert [status for _, status in purse.settled] == [str(record.status) for record in records]


async def test_a_budget_that_refuses_lets_nothing_out() -> None:
    purse, records = Purse(), list[CallRecord]()
    purse.empty = True
    with pytest.raises(ProsaError, match="used up"):
        await gateway(purse, records).chat(question())
    assert records == [] and purse.settled == []


@pytest.mark.attack("J3")
def test_a_question_that_was_sent_counts_though_its_caller_left() -> None:
    records = list[CallRecord]()
    record = CallRecord(CallKind.CHAT, "m", "p")
    Ledger(record, 400, records.append, SystemClock()).close(CallStatus.CANCELLED)
    assert record.usage is None and record.sent_tokens == 108


async def test_what_is_listened_to_again_says_what_was_counted_before() -> None:
    purse, records = Purse(), list[CallRecord]()
    reply = await gateway(purse, records).chat(question(heard=Heard(text=30, reasoning=10)))
    reply.close()
    assert records[0].counted_before == (len(bytes(MESSAGES)) // 4 + 1 + 8, 10)


@pytest.mark.attack("J3")
@pytest.mark.parametrize(
    ("told", "cached", "reasoning"),
    [
        ('{"prompt_tokens":10,"completion_tokens":5}', 0, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}', 4, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":3}}', 0, 3),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":6}', 6, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":"6"}', 0, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":400}}', 10, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":-4}}', 0, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":1e999}}', 0, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":"many","completion_tokens_details":null}', 0, 0),
        ('{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":"3"}}', 0, 0),
    ],
)
def test_parts_of_the_tokens_never_exceed_them_nor_spoil_them(told: str, cached: int, reasoning: int) -> None:
    usage = usage_of(told.encode())
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens) == (10, 5)
    assert (usage.cached_tokens, usage.reasoning_tokens) == (cached, reasoning)

"""The built-in tools do what they say, and no input makes them do more."""

import asyncio
import time
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.answers.tools import BUILT_IN, Calculator, CurrentTime, Tool, ToolContext, attempt
from prosa.answers.tools.arithmetic import WrongExpression, evaluate
from prosa.kit.errors import BadRequest

CONTEXT = ToolContext("space", "run", "call_1", 1_700_000_000.0)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-2 ^ 2", "-4"),
        ("2 ** 3 ** 2", "512"),
        ("2 ^ -1", "0.5"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("5!", "120"),
        ("sqrt(2) ^ 2 > 1", None),
        ("round(2.345, 2)", "2.35"),
        ("log(8, 2)", "3"),
        ("max(1, 2, 3) - min(1, 2, 3)", "2"),
        ("mean(1, 2, 4) * 3", "7"),
        ("1e3 + .5", "1000.5"),
        ("sin(0)", "0"),
        ("100 ! ", None),
        ("1000000 * 1000000", "1000000000000"),
    ],
)
def test_expressions_have_the_value_that_school_teaches(expression: str, value: str | None) -> None:
    if value is not None:
        assert evaluate(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        *("", "1 +", "(1", "1)", "1 1", "foo", "foo(1)", "sin", "sin(1, 2)", "__import__('os')", "1/0", "9^9^9^9", "0/0"),
        *("sqrt(-1)", "ln(0)", "1e9999 * 1e9999", "99999!", "(" * 400 + "1" + ")" * 400, "-" * 400 + "1", "1" * 2000),
        *("round(1, 1e30)", "a.b", "1;2", "x = 1", "lambda: 1", "exp(1e9)", "\x00", "2 ^ 0.5 ^ (0 - 1e99)", "1e99999"),
    ],
)
def test_what_is_no_expression_is_refused_with_a_reason_and_at_once(expression: str) -> None:
    begun = time.process_time()
    with pytest.raises(WrongExpression) as refused:
        evaluate(expression)
    assert str(refused.value)
    assert time.process_time() - begun < 0.2


@given(st.text(alphabet="0123456789.+-*/%^()!,e pisqrtlogmax", max_size=80))
def test_any_text_is_worked_out_or_refused(text: str) -> None:
    try:
        assert evaluate(text)
    except WrongExpression as refused:
        assert str(refused)


async def test_the_time_is_told_in_the_zone_that_is_asked_for() -> None:
    tool = CurrentTime()
    assert await tool.call(b"{}", CONTEXT) == "2023-11-14T22:13:20+00:00 (UTC), Tuesday"
    assert await tool.call(b'{"timezone": "America/Fortaleza"}', CONTEXT) == (
        "2023-11-14T19:13:20-03:00 (America/Fortaleza), Tuesday"
    )
    assert await tool.call(b'{"timezone": "+0530"}', CONTEXT) == "2023-11-15T03:43:20+05:30 (+0530), Wednesday"
    own = ToolContext("space", "run", "call_1", 1_700_000_000.0, {"timezone": "-03:00"})
    assert await tool.call(b"", own) == "2023-11-14T19:13:20-03:00 (-03:00), Tuesday"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "America", "/etc/hosts", "+99:00", "", "x" * 200, "\x00"])
async def test_a_zone_that_is_none_is_a_failed_result_for_the_model(name: str) -> None:
    arguments = msgspec.json.encode({"timezone": name}).decode()
    result = await attempt(CurrentTime(), arguments, CONTEXT, 1.0)
    assert result.failed == bool(name)  # an empty name is as good as none


def test_a_request_with_a_zone_that_is_none_is_refused() -> None:
    CurrentTime().check({"timezone": "America/Fortaleza"})
    for named in ("Mars/Olympus", 3):
        with pytest.raises(BadRequest):
            CurrentTime().check({"timezone": named})


@pytest.mark.parametrize("arguments", ["", "null", "[]", "{", '{"expression": 3}', '{"expression": "1/0"}', "\ud800"])
async def test_bad_arguments_are_a_failed_result_for_the_model(arguments: str) -> None:
    result = await attempt(Calculator(), arguments, CONTEXT, 1.0)
    assert result.failed and result.output.startswith("Error: ")


class _Odd(Calculator):
    def __init__(self, *, slow: bool = False, long: bool = False) -> None:
        self._slow, self._long = slow, long

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        if self._slow:
            await asyncio.sleep(5)
        if self._long:
            return "x" * 1_000_000
        raise RuntimeError("secret")

    def check(self, options: Mapping[str, object]) -> None:
        pass


async def test_a_tool_that_breaks_hangs_or_babbles_does_not_end_the_run() -> None:
    broken = await attempt(_Odd(), "{}", CONTEXT, 1.0)
    assert broken.failed and "secret" not in broken.output
    assert (await attempt(_Odd(slow=True), "{}", CONTEXT, 0.01)).failed
    assert len((await attempt(_Odd(long=True), "{}", CONTEXT, 1.0)).output) < 70_000


@pytest.mark.parametrize("tool", BUILT_IN, ids=lambda tool: tool.name)
def test_every_tool_describes_itself(tool: Tool) -> None:
    assert tool.type == f"prosa:{tool.name}" and tool.description
    assert msgspec.json.decode(tool.parameters)["type"] == "object"

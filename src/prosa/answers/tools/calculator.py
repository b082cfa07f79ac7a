"""The tool that calculates."""

from collections.abc import Mapping
from typing import Final

import msgspec

from prosa.answers.tools.arithmetic import LONGEST, WrongExpression, evaluate
from prosa.answers.tools.port import ToolContext, ToolFailed

_PARAMETERS: Final = msgspec.json.encode(
    {
        "type": "object",
        "properties": {
            "expression": {
                "type": "string",
                "maxLength": LONGEST,
                "description": "Arithmetic such as (19.9 * 3 - 5) / 2 ^ 8, with sqrt, round(x, 2), log, min and the like.",
            }
        },
        "required": ["expression"],
        "additionalProperties": False,
    }
)


class _Arguments(msgspec.Struct):
    expression: str


_DECODER: Final = msgspec.json.Decoder(_Arguments)


class Calculator:
    """Works out arithmetic in decimal numbers of up to 40 digits."""

    name = "calculator"
    type = "prosa:calculator"
    idempotent = True
    description = "Works out an arithmetic expression exactly, in decimal numbers."
    parameters = msgspec.Raw(_PARAMETERS)

    def check(self, options: Mapping[str, object]) -> None:
        """It has no options; what is said is passed over."""

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        """The value as a decimal number. Raises ToolFailed."""
        try:
            expression = _DECODER.decode(arguments).expression
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ToolFailed('the arguments must be an object like {"expression": "2 + 2"}.') from error
        try:
            return evaluate(expression)
        except WrongExpression as error:
            raise ToolFailed(f"the expression can't be worked out: {error}.") from error

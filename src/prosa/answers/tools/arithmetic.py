"""Reads and works out an arithmetic expression: its own small parser, bounded in length, depth, digits and work."""

import decimal
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

LONGEST: Final = 1_000  # characters of an expression
DEEPEST: Final = 50  # parentheses, signs and powers within each other
DIGITS: Final = 40
_LARGEST_FACTORIAL: Final = 1_000
_MOST_ARGUMENTS: Final = 100

_TOKEN: Final = re.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?)|([A-Za-z_]\w*)|(\*\*|//|[-+*/%^(),!]))"
)
_SPACE: Final = re.compile(r"\s*$")
# Overflow is an error instead of a computation without end: no number has more than 9,999 digits, none is kept with more than 50.
_CONTEXT: Final = decimal.Context(
    prec=DIGITS + 10, Emax=9_999, Emin=-9_999, traps=[decimal.Overflow, decimal.InvalidOperation, decimal.DivisionByZero]
)


class WrongExpression(Exception):
    """It can't be worked out; the text says why."""


def evaluate(text: str) -> str:
    """The value of an expression in decimal numbers, exact where 40 digits suffice. Raises WrongExpression."""
    if len(text) > LONGEST:
        raise WrongExpression(f"an expression may have at most {LONGEST} characters")
    try:
        with decimal.localcontext(_CONTEXT):
            return _written(_Parser(_tokens(text)).whole())
    except decimal.DivisionByZero as error:
        raise WrongExpression("division by zero") from error
    except decimal.Overflow as error:
        raise WrongExpression("the number is too large") from error
    except (decimal.InvalidOperation, ValueError, OverflowError) as error:
        raise WrongExpression("this has no value among the real numbers, or too many digits") from error


def _written(value: Decimal) -> str:
    if not value.is_finite():
        raise WrongExpression("the number is too large, or none")
    plain = decimal.Context(prec=DIGITS, Emax=9_999, Emin=-9_999).plus(value).normalize()  # what rounding added goes again
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)
    if plain and -DIGITS < exponent <= DIGITS:
        return f"{plain:f}"
    return "0" if not plain else str(plain)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while not _SPACE.match(text, at):
        token = _TOKEN.match(text, at)
        if token is None:
            raise WrongExpression(f"{text[at : at + 10].strip()!r} can't be read")
        found.append(token.group().strip())
        at = token.end()
    return found


class _Parser:
    """Works the tokens out as it reads them: sum, product, sign, power, value."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Decimal:
        value = self._sum()
        if self._at < len(self._tokens):
            raise WrongExpression(f"{self._tokens[self._at]!r} stands where the expression should end")
        return value

    def _take(self, *wanted: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _sum(self) -> Decimal:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while sign := self._take("*", "/", "//", "%"):
            other = self._signed()
            if sign == "*":
                value *= other
            elif sign == "/":
                value /= other
            else:
                # As in Python: the quotient is rounded down, and the rest has the divisor's sign.
                quotient = (value / other).to_integral_value(decimal.ROUND_FLOOR)
                value = quotient if sign == "//" else value - quotient * other
        return value

    def _signed(self) -> Decimal:
        self._depth += 1
        if self._depth > DEEPEST:
            raise WrongExpression(f"it is nested more than {DEEPEST} deep")
        try:
            if sign := self._take("+", "-"):
                value = self._signed()
                return value if sign == "+" else -value
            return self._power()
        finally:
            self._depth -= 1

    def _power(self) -> Decimal:
        value = self._value()
        while self._take("!"):
            value = _factorial(value)
        if self._take("**", "^"):
            value = _CONTEXT.power(value, self._signed())  # binds to the right
        return value

    def _value(self) -> Decimal:
        if self._at >= len(self._tokens):
            raise WrongExpression("it breaks off")
        token = self._tokens[self._at]
        self._at += 1
        if token == "(":  # noqa: S105  # a sign, no password
            value = self._sum()
            self._close()
            return value
        if token[0].isdigit() or token[0] == ".":
            return _CONTEXT.create_decimal(token)
        return self._named(token)

    def _named(self, token: str) -> Decimal:
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        function = _FUNCTIONS.get(token)
        if function is None or not self._take("("):
            raise WrongExpression(f"{token!r} is no number; known are {', '.join((*_CONSTANTS, *_FUNCTIONS))}")
        values = [self._sum()]
        while self._take(","):
            values.append(self._sum())
        self._close()
        least, most, work = function
        if not least <= len(values) <= most:
            raise WrongExpression(f"{token} takes another number of values")
        return work(values)

    def _close(self) -> None:
        if not self._take(")"):
            raise WrongExpression("a closing parenthesis is missing")


def _factorial(value: Decimal) -> Decimal:
    if value != value.to_integral_value() or not 0 <= value <= _LARGEST_FACTORIAL:
        raise WrongExpression(f"a factorial is there for whole numbers from 0 to {_LARGEST_FACTORIAL}")
    found = Decimal(1)
    for factor in range(2, int(value) + 1):
        found *= factor
    return found


def _round(values: Sequence[Decimal]) -> Decimal:
    places = int(values[1]) if len(values) > 1 else 0
    return values[0].quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)


def _log(values: Sequence[Decimal]) -> Decimal:
    return values[0].log10() if len(values) == 1 else values[0].ln() / values[1].ln()


def _float(work: Callable[[float], float]) -> Callable[[Sequence[Decimal]], Decimal]:
    return lambda values: Decimal(repr(work(float(values[0]))))


def _whole(rounding: str) -> Callable[[Sequence[Decimal]], Decimal]:
    return lambda values: values[0].to_integral_value(rounding)


_Function = tuple[int, int, Callable[[Sequence[Decimal]], Decimal]]
_CONSTANTS: Final = {
    "pi": Decimal("3.141592653589793238462643383279502884197"),
    "e": Decimal("2.718281828459045235360287471352662497757"),
}
_FUNCTIONS: Final[dict[str, _Function]] = {
    "abs": (1, 1, lambda values: abs(values[0])),
    "sqrt": (1, 1, lambda values: values[0].sqrt()),
    "exp": (1, 1, lambda values: values[0].exp()),
    "ln": (1, 1, lambda values: values[0].ln()),
    "log": (1, 2, _log),
    "round": (1, 2, _round),
    "floor": (1, 1, _whole(decimal.ROUND_FLOOR)),
    "ceil": (1, 1, _whole(decimal.ROUND_CEILING)),
    "min": (1, _MOST_ARGUMENTS, min),
    "max": (1, _MOST_ARGUMENTS, max),
    "sum": (1, _MOST_ARGUMENTS, lambda values: sum(values, Decimal(0))),
    "mean": (1, _MOST_ARGUMENTS, lambda values: sum(values, Decimal(0)) / len(values)),
    "sin": (1, 1, _float(math.sin)),
    "cos": (1, 1, _float(math.cos)),
    "tan": (1, 1, _float(math.tan)),
    "asin": (1, 1, _float(math.asin)),
    "acos": (1, 1, _float(math.acos)),
    "atan": (1, 1, _float(math.atan)),
}

"""Formulas as pictures, where the library knows how; else they stay as they were written."""

from functools import cache
from math import inf
from typing import Final
from xml.etree.ElementTree import ParseError

import msgspec

LONGEST: Final = 1_000  # characters; a thousand take half a second
MOST: Final = 400  # of a document
SIZE: Final = 11.0  # points
_MARGIN: Final = 1.0  # that the library leaves on each side
_WIDEST, _TALLEST = 470.0, 650.0  # points of a page's inside
# What comes of what the library doesn't know: there is no end to the ways in which a formula can be wrong.
_FAULTS: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, ParseError)
_MORE_FAULTS: Final = (RecursionError, StopIteration, TypeError, ValueError)
_FETCHES: Final = ("\\includegraphics", "\\href", "\\url", "\\input")


class Picture(msgspec.Struct):
    """An SVG; sizes in points, `drop` is how far it hangs below the line."""

    svg: str
    width: float
    height: float
    drop: float


class Formulas:
    """Those of one document."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], Picture | None] = {}

    def picture(self, latex: str, *, display: bool) -> Picture | None:
        """None where it can't be drawn."""
        key = (latex, display)
        if key not in self._known:
            if len(self._known) >= MOST or len(latex) > LONGEST or any(word in latex for word in _FETCHES):
                return None
            self._known[key] = _drawn(latex, display=display)
        return self._known[key]


def _drawn(latex: str, *, display: bool) -> Picture | None:
    from ziamath.zmath import Latex

    try:
        drawn = Latex(latex, size=SIZE, inline=not display, margin=_MARGIN)
        width, height = (side + 2 * _MARGIN for side in drawn.getsize())
        picture = Picture(drawn.svg(), width, height, _MARGIN - drawn.getyofst())
    except _refusals():
        return None
    # Of what it takes for empty it says that it is as small as can be, by ten thousand points less than nothing.
    if not (0 < width < inf and 0 < height < inf):
        return None
    scale = min(1.0, _WIDEST / width, _TALLEST / height)
    return Picture(picture.svg, width * scale, height * scale, picture.drop * scale)


@cache
def _refusals() -> tuple[type[Exception], ...]:
    """What it can end with: the errors that the library's reader of LaTeX names itself, and all others."""
    from latex2mathml import exceptions

    own = tuple(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception))
    return *own, *_FAULTS, *_MORE_FAULTS

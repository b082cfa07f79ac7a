"""Tables of a PDF's page: found by the lines that are drawn around their cells."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it has no types

_MOST_PATHS: Final = 4_000  # of a page: what draws more is a picture
_MOST_CELLS: Final = 4_000
_THICK: Final = 3.0  # points: what is thicker is an area
_SHORT: Final = 4.0
_NEAR: Final = 2.5


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands, and its cells' words."""

    left: float
    bottom: float
    right: float
    top: float
    rows: list[list[str]]

    def holds(self, x: float, y: float) -> bool:
        """Whether this point lies in it."""
        return self.left - _NEAR <= x <= self.right + _NEAR and self.bottom <= y <= self.top


@dataclass(slots=True)
class _Rule:
    """A straight line: where it lies across, and from where to where it goes."""

    at: float
    start: float
    end: float


def tables(page: pypdfium2.PdfPage, words: pypdfium2.PdfTextPage) -> list[Table]:
    """Those of two rows and two columns at least."""
    across, down = _rules(page)
    found = []
    for rows, columns in _grids(across, down):
        table = _table(rows, columns, words)
        if table is not None:
            found.append(table)
    return found


def _rules(page: pypdfium2.PdfPage) -> tuple[list[_Rule], list[_Rule]]:
    across: list[_Rule] = []
    down: list[_Rule] = []
    for number, path in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if number >= _MOST_PATHS:
            return [], []
        for left, bottom, right, top in _boxes(path):
            wide, high = right - left, top - bottom
            if high <= _THICK:
                if wide >= _SHORT:
                    across.append(_Rule((bottom + top) / 2, left, right))
            elif wide <= _THICK:
                if high >= _SHORT:
                    down.append(_Rule((left + right) / 2, bottom, top))
            elif wide >= _SHORT and high >= _SHORT:
                across += [_Rule(bottom, left, right), _Rule(top, left, right)]
                down += [_Rule(left, bottom, top), _Rule(right, bottom, top)]
    return _joined(across), _joined(down)


def _boxes(path: pypdfium2.PdfObject) -> Iterator[tuple[float, float, float, float]]:
    """Of a line or a rectangle its bounds; of a path of many strokes each stroke's."""
    count = pdfium.FPDFPath_CountSegments(path)
    if count <= 5:
        yield path.get_bounds()
        return
    matrix = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    before = None
    for at in range(min(count, _MOST_PATHS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return  # no table is drawn with curves
        if kind == pdfium.FPDF_SEGMENT_LINETO and before is not None:
            (x0, x1), (y0, y1) = sorted((before[0], here[0])), sorted((before[1], here[1]))
            yield x0, y0, x1, y1
        before = here


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Pieces of one line as one."""
    rules.sort(key=lambda rule: (round(rule.at / _NEAR), rule.start))
    found: list[_Rule] = []
    for rule in rules:
        last = found[-1] if found else None
        if last is not None and abs(last.at - rule.at) <= _NEAR and rule.start <= last.end + _NEAR:
            last.end = max(last.end, rule.end)
        else:
            found.append(rule)
    return found


Grid = tuple[list[_Rule], list[_Rule]]


def _grids(across: list[_Rule], down: list[_Rule]) -> list[Grid]:
    """Lines that touch each other, together."""
    if len(across) * len(down) > 250_000:
        return []
    groups: list[Grid] = []
    for rule in down:
        touched = [other for other in across if _touch(other, rule)]
        meeting = [group for group in groups if any(one is other for one in group[0] for other in touched)]
        rows = {id(one): one for group in meeting for one in group[0]} | {id(one): one for one in touched}
        columns = [one for group in meeting for one in group[1]]
        groups = [group for group in groups if not any(group is other for other in meeting)]
        if rows:
            groups.append((list(rows.values()), [*columns, rule]))
    return groups


def _touch(across: _Rule, down: _Rule) -> bool:
    return across.start - _NEAR <= down.at <= across.end + _NEAR and down.start - _NEAR <= across.at <= down.end + _NEAR


def _table(across: list[_Rule], down: list[_Rule], words: pypdfium2.PdfTextPage) -> Table | None:
    ys, xs = _places(across), _places(down)
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    rows = []
    for bottom, top in reversed(list(pairwise(ys))):
        middle = (bottom + top) / 2
        cells: list[str] = []
        start = 0
        for column in range(1, len(xs)):
            edge = column == len(xs) - 1 or _stands(down, xs[column], middle)
            if edge:
                cells.append(words.get_text_bounded(xs[start], bottom, xs[column], top))
                cells += [""] * (column - start - 1)
                start = column
        rows.append(cells)
    # A frame with words in it, or a chart's grid, is no table.
    if sum(any(cell.strip() for cell in row) for row in rows) < 2 or _columns(rows) < 2:
        return None
    return Table(xs[0], ys[0], xs[-1], ys[-1], rows)


def _columns(rows: Sequence[Sequence[str]]) -> int:
    return sum(any(cell.strip() for cell in column) for column in zip(*rows, strict=True))


def _places(rules: list[_Rule]) -> list[float]:
    """Where they lie, near ones as one, in order."""
    found: list[float] = []
    for place in sorted(rule.at for rule in rules):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _stands(down: list[_Rule], x: float, y: float) -> bool:
    """Whether a line stands here between two cells."""
    return any(abs(rule.at - x) <= _NEAR and rule.start <= y <= rule.end for rule in down)

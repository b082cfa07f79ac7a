"""Rows that are written with the end of a run, and only by who still drives it."""

from collections.abc import Mapping

from prosa.drivers.journal import Part, Row, Statement


class FencedInsert:
    """An INSERT that writes its row where the run has the fence and the state that are given with it, and else nothing."""

    __slots__ = ("_statement",)

    def __init__(self, statement: Statement) -> None:
        self._statement = statement

    def part(self, run_id: str, fence: int, state: str, row: Row) -> Part:
        """The row, for the entry of the journal that brings the run into this state."""
        return self._statement, (*row, run_id, fence, state)


def fenced_insert(table: str, columns: Mapping[str, str]) -> FencedInsert:
    """Build one: from column to its SQL type, or to an expression in which `{}` stands for the row's value.

    The row holds one value for each column, in their order.
    """
    values = [_value(number, form) for number, form in enumerate(columns.values(), 1)]
    held = [f"${len(values) + more}" for more in (1, 2, 3)]
    names = ", ".join(columns)
    text = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} WHERE EXISTS (SELECT 1 FROM runs"  # noqa: S608  # a store's own words
        f" WHERE runs.id = CAST({held[0]} AS TEXT) AND runs.fence = CAST({held[1]} AS BIGINT)"
        f" AND runs.state = CAST({held[2]} AS TEXT))"
    )
    return FencedInsert(Statement(text))


def _value(number: int, form: str) -> str:
    parameter = f"${number}"
    return form.replace("{}", parameter) if "{}" in form else f"CAST({parameter} AS {form})"

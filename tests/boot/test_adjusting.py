"""The table of what can be changed while prosa runs, against the table of what can be set at the start."""

import pytest

from prosa.administration import BY_KEY, TABLE, Value
from prosa.boot.adjusting import LENSES, adjusted, retained
from prosa.boot.settings import usual_settings
from prosa.boot.settings.table import TABLE as ROWS
from prosa.conversations import RetentionSettings

USUAL = usual_settings(production=False)
OTHER: dict[str, Value] = {
    "installation.name": "Casa",
    "installation.support": "ajuda@casa.example",
    "installation.language": "pt-BR",
    "people.registration": "domain:a.example,b.example",
    "gateway.default_model": "mock",
    "gateway.default_embedding_model": "mock-embedding",
    "answers.titles": False,
    "answers.small_model": "mock",
    "access.sharing": False,
    "access.sharing_days": 3,
}


def test_both_tables_and_the_lenses_know_the_same_settings_by_the_same_names() -> None:
    rows = {row.key: row for row in ROWS}
    assert LENSES.keys() == BY_KEY.keys() == {row.key for row in TABLE}
    assert {row.key: row.setting for row in TABLE} == {row.key: rows[row.key].name for row in TABLE}


@pytest.mark.parametrize("key", list(BY_KEY))
def test_each_is_written_and_read_again_and_nothing_else_changes(key: str) -> None:
    row, before = BY_KEY[key], {key: lens.read(USUAL) for key, lens in LENSES.items()}
    value = OTHER.get(key, (row.least or 0) + 77 if row.kind == "number" else None)
    assert value is not None and value != before[key]
    if not row.still:
        assert row.judged(value) == value
    after = adjusted(USUAL, {key: value})
    assert {key: lens.read(after) for key, lens in LENSES.items()} == before | {key: value}
    assert adjusted(after, {key: before[key]}) == USUAL


@pytest.mark.parametrize("key", [row.key for row in TABLE if row.kind == "number"])
def test_no_bound_is_wider_than_at_the_start(key: str) -> None:
    row = next(row for row in ROWS if row.key == key)
    bounds = BY_KEY[key]
    for value in (bounds.least, bounds.most, *([0] if bounds.zero else [])):
        row.kind.parse(str(value))


def test_what_holds_without_anybodys_word_depends_on_where_it_runs() -> None:
    assert LENSES["people.registration"].read(usual_settings(production=True)) == "invite"
    assert LENSES["people.registration"].read(USUAL) == "open"


def test_a_worker_keeps_things_as_long_as_is_stored() -> None:
    found = retained(RetentionSettings(), {"upkeep.trash_days": 0, "upkeep.retention_days_user": 10, "answers.titles": True})
    assert found == RetentionSettings(None, {"user": 864_000.0})
    assert retained(found, {"upkeep.trash_days": 2, "upkeep.retention_days_user": 0}) == RetentionSettings(172_800.0, {})

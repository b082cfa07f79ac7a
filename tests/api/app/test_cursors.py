"""Cursors and entity tags are good for the caller and the list that they were given for, and for nothing else."""

import pytest

from prosa.api.app.cursors import Cursors
from prosa.api.app.errors import PreconditionRequired, UnknownCursor
from prosa.api.app.tags import Tags
from prosa.drivers.vault import Keyring
from prosa.identity import EditConflict

RING = Keyring.of(["a secret of thirty-two characters!"])
POSITION = (1_760_000_000_000_000, "7b6821146d1743da97c764a12dd4ed93")


def given(*scope: str | None) -> str:
    cursor = Cursors(RING, *scope).give(POSITION)
    assert cursor is not None
    return cursor


def test_a_cursor_brings_back_its_position() -> None:
    cursors = Cursors(RING, "ana", "keys", None)
    assert cursors.moment(given("ana", "keys", None)) == POSITION
    assert cursors.number(cursors.give(1234)) == 1234
    assert cursors.give(None) is None and cursors.moment(None) is None and cursors.number(None) is None


@pytest.mark.attack("A13")
@pytest.mark.parametrize("scope", [("bia", "keys", None), ("ana", "sessions", None), ("ana", "keys", "x"), ("ana", "keys")])
def test_a_cursor_of_somebody_or_something_else_is_unknown(scope: tuple[str | None, ...]) -> None:
    with pytest.raises(UnknownCursor):
        Cursors(RING, "ana", "keys", None).moment(given(*scope))


@pytest.mark.attack("A13")
def test_a_cursor_changed_anywhere_is_unknown() -> None:
    cursors, cursor = Cursors(RING, "ana"), given("ana")
    for place, sign in enumerate(cursor):
        with pytest.raises(UnknownCursor):
            cursors.moment(cursor[:place] + ("A" if sign != "A" else "B") + cursor[place + 1 :])
    for changed in ("", ".", "..", cursor[:-1], cursor + "0", " " + cursor, "é" + cursor, cursor * 20, "null", "1 OR 1=1"):
        with pytest.raises(UnknownCursor):
            cursors.moment(changed)


def test_a_cursor_of_another_kind_of_list_is_unknown_even_with_a_good_seal() -> None:
    cursors = Cursors(RING, "ana")
    with pytest.raises(UnknownCursor):
        cursors.moment(cursors.give(7))
    with pytest.raises(UnknownCursor):
        cursors.number(given("ana"))


def test_a_cursor_outlives_the_coming_of_a_new_secret_and_not_the_going_of_its_own() -> None:
    newer = Keyring.of(["another secret of the same length!!", "a secret of thirty-two characters!"])
    assert Cursors(newer, "ana").moment(given("ana")) == POSITION
    with pytest.raises(UnknownCursor):
        Cursors(Keyring.of(["another secret of the same length!!"]), "ana").moment(given("ana"))


def test_a_tag_is_of_one_state_of_one_thing() -> None:
    tags = Tags(RING, "ana")
    assert len({tags.of("a", 1), tags.of("a", 2), tags.of("b", 1), Tags(RING, "bia").of("a", 1)}) == 4
    tags.check(tags.of("a", 1), "a", 1)
    tags.check(f'"x", {tags.of("a", 1)}', "a", 1)
    tags.check("*", "a", 1)
    tags.check(None, "a", 1)
    for wrong in (tags.of("a", 2), tags.of("b", 1), Tags(RING, "bia").of("a", 1), "", "x", "W/" + tags.of("a", 1), "é"):
        with pytest.raises(EditConflict):
            tags.check(wrong, "a", 1)


@pytest.mark.attack("A12")
def test_a_tag_counts_nothing() -> None:
    assert not set(Tags(RING, "ana").of("a", 7).strip('"')) - set("0123456789abcdef")
    assert len(Tags(RING, "ana").of("a", 7)) == len(Tags(RING, "ana").of("a", 70000))


def test_what_two_may_edit_asks_for_the_tag() -> None:
    tags = Tags(RING, "ana")
    with pytest.raises(PreconditionRequired):
        tags.demand(None, "a", 1)
    tags.demand("*", "a", 1)
    assert tags.version("*", 3) is None and tags.version(None, 3) is None and tags.version(tags.of("a", 3), 3) == 3

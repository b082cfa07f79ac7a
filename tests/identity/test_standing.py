"""What a process remembers of good credentials: no more than so many, nothing that was read before a change, by digest alone."""

import pytest

from prosa.identity.models import Caller, CallerKind
from prosa.identity.standing import Memory, Standing, networks_of


def shown(text: str) -> tuple[bytes, bytes]:
    return b"authorization", b"Bearer " + text.encode()


def standing(account_id: str = "ana", credential_id: str = "key", **more: object) -> Standing:
    caller = Caller(CallerKind.KEY, account_id, f"key_{credential_id}", "", account_id=account_id, credential_id=credential_id)
    return Standing(caller, stored=True, **more)  # type: ignore[arg-type]  # the other fields of a standing


@pytest.mark.attack("B3")
def test_what_was_read_before_a_change_is_not_remembered_after_it() -> None:
    memory = Memory()
    epoch = memory.epoch  # a look into the database begins …
    memory.forget("ana", None)  # … and before its answer is here, something is taken from her
    memory.keep(shown("one"), standing(), epoch)
    assert memory.get(shown("one")) is None and len(memory) == 0
    memory.keep(shown("one"), standing(), memory.epoch)
    assert memory.get(shown("one")) is not None


@pytest.mark.attack("B3", "A20")
def test_a_change_forgets_what_it_touches_and_leaves_the_others() -> None:
    memory = Memory()
    for account_id, credential_id in (("ana", "one"), ("ana", "two"), ("bia", "three")):
        memory.keep(shown(credential_id), standing(account_id, credential_id), memory.epoch)
    memory.keep(shown("settings"), Standing(Caller(CallerKind.KEY, "settings-1", "settings-1", "")), memory.epoch)
    left = {name: memory.get(shown(name)) is not None for name in ("one", "two", "three", "settings")}
    assert all(left.values())
    for change, gone in ((("ana", "one"), {"one"}), (("ana", None), {"one", "two"}), ((None, None), {"one", "two", "three"})):
        memory.forget(*change)
        assert {name for name in left if memory.get(shown(name)) is None} == gone


def test_the_oldest_makes_room_when_there_are_too_many() -> None:
    memory = Memory(most=3)
    for number in range(10):
        memory.keep(shown(str(number)), standing(), memory.epoch)
    assert len(memory) == 3 and memory.get(shown("9")) is not None and memory.get(shown("0")) is None


@pytest.mark.attack("C2")
def test_a_key_that_is_bound_to_addresses_counts_from_no_unknown_one() -> None:
    bound = standing(networks=networks_of(["192.0.2.0/24"]))
    assert bound.at("") is None  # a socket file has no address
    assert bound.at("198.51.100.7") is None
    here = bound.at("192.0.2.9")
    assert here is not None and here.address == "192.0.2.9"
    assert bound.at("") is None and bound.at("198.51.100.7") is None
    free = standing().at("")
    assert free is not None and free.address == ""

"""Ids that nobody can guess."""

import os

import pytest

from prosa.kit.ids import new_id, new_request_id, new_uuid


@pytest.mark.attack("A12")
def test_ids_are_long_random_and_never_the_same() -> None:
    made = {new_request_id() for _ in range(20_000)}
    assert len(made) == 20_000
    assert all(len(one) == 36 for one in made)
    assert len({new_id("x-") for _ in range(1000)}) == 1000
    assert new_uuid()[14] == "4"


@pytest.mark.attack("A12")
def test_a_forked_child_gives_out_none_of_its_parents_ids() -> None:
    new_request_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, new_request_id().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100).decode() != new_request_id()
    os.close(reader)
    os.close(writer)

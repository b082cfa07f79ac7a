"""MongoDB's extended JSON in both of its modes."""

import pytest

from prosa.drivers.foreign import moment_of, number_of, object_id, plain_id

KEY = "64a1b2c3d4e5f6789a0b1c2e"


@pytest.mark.contract("C59")
@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ({"$date": "2024-02-15T10:00:00Z"}, 1_707_991_200_000_000),
        ({"$date": "2024-02-15T10:00:00.250Z"}, 1_707_991_200_250_000),
        ({"$date": "2024-02-15T07:00:00-03:00"}, 1_707_991_200_000_000),
        ({"$date": {"$numberLong": "1707991200000"}}, 1_707_991_200_000_000),
        ({"$date": 1_707_991_200_000}, 1_707_991_200_000_000),
        ({"$date": {"$numberLong": "-1"}}, -1_000),
        ("2024-02-15T10:00:00", 1_707_991_200_000_000),
        ({"$date": {"$numberLong": "99999999999999999"}}, None),
        ({"$date": "yesterday"}, None),
        ({"$date": {"$date": 1}}, None),
        (None, None),
        (True, None),
    ],
)
def test_dates(value: object, moment: int | None) -> None:
    assert moment_of(value) == moment


@pytest.mark.contract("C59")
@pytest.mark.parametrize(
    ("value", "number"),
    [
        (35, 35),
        ({"$numberInt": "35"}, 35),
        ({"$numberLong": "35"}, 35),
        ({"$numberDouble": "35.0"}, None),
        (35.0, 35),
        (float("inf"), None),
        ({"$numberInt": "x" * 10_000}, None),
        (True, None),
        ("35", 35),
        ({}, None),
    ],
)
def test_numbers(value: object, number: int | None) -> None:
    assert number_of(value) == number


@pytest.mark.contract("C54")
def test_ids() -> None:
    assert object_id({"$oid": KEY.upper()}) == plain_id(KEY) == plain_id({"$oid": KEY}) == KEY
    assert object_id({"$oid": KEY[:-1]}) is None and object_id(7) is None and object_id({"$oid": {}}) is None
    assert plain_id(7) == plain_id({"$numberInt": "7"}) == "7"
    assert plain_id("Any Text") == "Any Text"
    assert plain_id("") is plain_id(None) is plain_id([]) is None

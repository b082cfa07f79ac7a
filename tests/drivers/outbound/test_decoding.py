"""A compressed body is bounded while it is decoded, not only once it is whole (attack D7)."""

import gzip

import pytest

from prosa.drivers.outbound.decoding import Inflater
from prosa.drivers.outbound.errors import AnswerTooLarge, BadAnswer


@pytest.mark.attack("D7")
def test_no_more_is_decoded_than_is_allowed() -> None:
    inflater = Inflater("gzip", 50_000)
    with pytest.raises(AnswerTooLarge):
        inflater.feed(gzip.compress(b"x" * 60_000))
    whole = Inflater("gzip", 60_000)
    assert whole.feed(gzip.compress(b"x" * 60_000)) == b"x" * 60_000
    with pytest.raises(AnswerTooLarge):
        whole.feed(gzip.compress(b"x"))  # a second member counts with the first


@pytest.mark.attack("D7")
def test_what_unpacks_beyond_all_measure_is_a_bomb() -> None:
    with pytest.raises(BadAnswer, match="measure"):
        Inflater("gzip", 1 << 40).feed(gzip.compress(bytes(8_000_000)))

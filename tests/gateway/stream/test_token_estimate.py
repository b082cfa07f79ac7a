"""Token counts that a provider tells, and the estimate where it tells none."""

from prosa.gateway.models import Usage
from prosa.gateway.stream import estimate
from prosa.gateway.stream.usage import usage_of


def test_four_characters_are_one_token_and_a_rest_is_one_more() -> None:
    assert [estimate(chars) for chars in (0, 1, 4, 5, 8, 9)] == [0, 1, 1, 2, 2, 3]


def test_a_missing_count_follows_from_the_total() -> None:
    assert usage_of(b'{"prompt_tokens":3,"total_tokens":10}') == Usage(3, 7)
    assert usage_of(b'{"prompt_tokens":3,"completion_tokens":null,"total_tokens":3}') == Usage(3, 0)
    assert usage_of(b"null") is None

"""Whatever comes in, the mock plays a scene: an answer or a 400, never a crash."""

import json
from itertools import islice
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.gateway.providers.mock.stage import Stage
from prosa.gateway.providers.mock.vocabulary import WORDS

VALUES = st.one_of(
    st.sampled_from(
        [
            "auto",
            "all",
            "true",
            "5",
            "1.5",
            "think",
            "missing",
            "negative",
            "date",
            "html",
            "crlf",
            "'a b'",
            '"\\u00e3"',
            "{}",
            "[1]",
        ]
    ),
    st.text(max_size=6),
)
DIRECTIVES = st.lists(st.tuples(st.sampled_from(WORDS), VALUES), max_size=5).map(
    lambda words: "[[mock " + " ".join(f"{word}={value}" for word, value in words) + "]]"
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)
FIELDS = [
    "model",
    "messages",
    "stream",
    "n",
    "stop",
    "tools",
    "tool_choice",
    "response_format",
    "mock",
    "input",
    "dimensions",
    "max_tokens",
]


def play(path: str, body: dict[str, Any]) -> int:
    """The status of a scene, its first beats played."""
    scene = Stage().perform("POST", path, {"authorization": "Bearer x"}, json.dumps(body).encode())
    assert all(isinstance(beat.data, bytes) and beat.pause >= 0 for beat in islice(scene.beats, 300))
    assert scene.drop or 200 <= scene.status <= 599
    return scene.status


@settings(max_examples=200, deadline=None)
@given(DIRECTIVES, st.booleans(), st.sampled_from(["mock", "mock-tools", "mock-think", "mock-json", "mock-flaky"]))
def test_any_directive_is_played_or_refused(directive: str, stream: bool, model: str) -> None:
    play(
        "/v1/chat/completions",
        {"model": model, "stream": stream, "messages": [{"role": "user", "content": f"hi {directive} there"}]},
    )
    play("/v1/embeddings", {"model": model, "input": ["hi", f"{directive} there"]})


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4), st.booleans())
def test_any_body_is_answered_or_refused(fields: dict[str, Any], whole: bool) -> None:
    given_fields = {"messages": [{"role": "user", "content": "hi"}], "input": "hi"} if whole else {}
    assert play("/v1/chat/completions", given_fields | fields) in (200, 400)
    assert play("/v1/embeddings", given_fields | fields) in (200, 400)

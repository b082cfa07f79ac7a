"""B's frame grammar: whatever a stream looks like, what goes out are `data: ` lines with a blank line between."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.api.legacy.bitaca.frames import BROKEN, Frames

CANONICAL = 'data: {"choices":[{"index":0,"delta":{"content":"Olá \\"error\\""}}]}\n\n'.encode()
DONE = b"data: [DONE]\n\n"


def test_canonical_frames_pass_as_the_very_same_bytes() -> None:
    piece = CANONICAL * 3 + DONE
    assert Frames().rewrite(piece) is piece


@pytest.mark.contract("B38")
@pytest.mark.parametrize(
    ("piece", "frames"),
    [
        (b'data:{"a":1}\n\n', b'data: {"a":1}\n\n'),
        (b': ping\n\ndata: {"a":1}\r\n\r\n', b'data: {"a":1}\n\n'),
        (b'event: message\nid: 7\ndata: {"a":1}\nretry: 5\n\ndata: [DONE]\n\n', b'data: {"a":1}\n\ndata: [DONE]\n\n'),
        (b'data: {"a":\ndata: 1}\n\n', b'data: {"a": 1}\n\n'),
        (b'data: {"a":1}\r\r', b'data: {"a":1}\n\n'),
        (b": only a comment\n\n", b""),
    ],
)
def test_other_forms_become_canonical(piece: bytes, frames: bytes) -> None:
    assert Frames().rewrite(piece) == frames


@pytest.mark.contract("B52")
def test_of_an_error_event_only_that_there_was_one_goes_out() -> None:
    said = b'data: {"error":{"message":"upstream said sk-123","type":"x"}}\n\n'
    assert Frames().rewrite(CANONICAL + said + DONE) == CANONICAL + b"data: " + BROKEN + b"\n\n" + DONE
    harmless = b'data: {"error":null,"choices":[]}\n\n'
    assert Frames().rewrite(harmless) == harmless


def test_an_event_that_comes_in_parts_passes_in_parts() -> None:
    frames = Frames()
    large = b'data: {"choices":[{"delta":{"content":"' + b"x" * 5000 + b'"}}]}\n\n'
    parts = [CANONICAL + large[:1000], large[1000:4000], large[4000:] + DONE]
    assert b"".join(map(frames.rewrite, parts)) == CANONICAL + large + DONE
    assert frames.rewrite(b"data:[DONE]\n\n") == DONE


LINE = st.sampled_from(["data: ", "data:", ": ", "event: ", "id: ", ""])
END = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(LINE, st.text(alphabet='{}":,aé1 error', max_size=20), END, END), max_size=8))
def test_the_client_can_read_every_line_of_it(events: list[tuple[str, str, str, str]]) -> None:
    piece = "".join(f"{line}{json.dumps(text)}{one}{two}" for line, text, one, two in events).encode()
    rewritten = Frames().rewrite(piece)
    whole, rest = rewritten.rpartition(b"\n\n")[::2]
    if not rest:
        assert re.fullmatch(rb"(data: [^\r\n]*\n\n)*", rewritten)
    else:
        assert whole is not None

"""Events are cut where they end, whatever their line ends and however the bytes arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.gateway.stream.sse import Part, Splitter, events, framed, read
from tests.gateway.streams import cut

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(lambda text: text.encode())
LINES = st.one_of(
    WORDS.map(lambda word: b"data: " + word),
    WORDS.map(lambda word: b": " + word),
    st.sampled_from([b"event: ping", b"id: 7", b"retry: 10", b"data:", b"data"]),
)


@st.composite
def written_events(draw: st.DrawFn) -> bytes:
    """One event with line ends of any form, mixed."""
    lines = draw(st.lists(LINES, min_size=1, max_size=4))
    text = b"".join(line + draw(ENDS) for line in lines)
    blank = draw(ENDS)
    # A lone CR before an LF would be one line end, not two.
    return text + (b"\r" if text.endswith(b"\r") and blank == b"\n" else blank)


STREAMS = st.lists(written_events(), max_size=8).map(b"".join)
PLACES = st.lists(st.integers(0, 5000), max_size=20)


@settings(deadline=None)
@given(STREAMS, PLACES)
def test_what_goes_in_comes_out_however_it_is_cut(stream: bytes, places: list[int]) -> None:
    splitter = Splitter()
    found = [event for piece in cut(stream, places) for event in splitter.feed(piece)]
    assert b"".join(found) + splitter.rest() == stream.removeprefix(b"\xef\xbb\xbf")
    assert not any(isinstance(event, Part) for event in found)


@settings(deadline=None)
@given(STREAMS, PLACES)
def test_the_data_of_events_does_not_depend_on_the_cuts(stream: bytes, places: list[int]) -> None:
    def data(pieces: list[bytes]) -> list[bytes]:
        splitter = Splitter()
        found = [read(event)[1] for piece in pieces for event in splitter.feed(piece)]
        return [each for each in found if each is not None]

    assert data(cut(stream, places)) == data([stream])


@settings(deadline=None)
@given(STREAMS, PLACES, st.integers(1, 40))
def test_an_event_beyond_the_bound_flows_through_in_parts(stream: bytes, places: list[int], most: int) -> None:
    splitter = Splitter(most)
    passed = b""
    for piece in cut(stream, places):
        passed += b"".join(splitter.feed(piece))
        assert len(stream) >= len(passed) >= 0
    assert passed + splitter.rest() == stream


def test_a_large_event_is_never_held_beyond_the_bound_and_one_read() -> None:
    splitter = Splitter(1000)
    passed = [part for _ in range(100) for part in splitter.feed(b"x" * 500)]
    assert splitter.flowing
    assert all(isinstance(part, Part) for part in passed)
    assert 50_000 - sum(map(len, passed)) <= 1500


def test_whole_events_in_one_read_are_handed_on_without_a_copy() -> None:
    run = b"data: {}\n\n" * 3
    assert Splitter().take(run) is run


def test_an_event_goes_out_with_its_last_line_end_not_a_read_later() -> None:
    for end in (b"\n\n", b"\r\r", b"\r\n\r\n", b"\n\r\n", b"\r\n\n", b"\r\r\n"):
        assert Splitter().feed(b"data: x" + end)[0].startswith(b"data: x"), end


def test_a_byte_order_mark_at_the_start_is_dropped_also_when_it_is_split() -> None:
    for pieces in ([b"\xef\xbb\xbfdata: x\n\n"], [b"\xef", b"\xbb", b"\xbfdata: x\n\n"]):
        splitter = Splitter()
        assert [event for piece in pieces for event in splitter.feed(piece)] == [b"data: x\n\n"]


def test_single_bytes_make_the_same_events() -> None:
    stream = b"data: a\n\n\xc3\xa9: c\r\n\r\ndata: b\r\rx"
    splitter = Splitter()
    found = [event for byte in stream for event in splitter.feed(bytes([byte]))]
    assert b"".join(found) == stream[:-1] and splitter.rest() == b"x"


def test_three_line_ends_in_a_row_lose_nothing() -> None:
    assert b"".join(events(b"data: x\n\n\n")) == b"data: x\n\n\n"
    assert b"".join(events(b"data: x\n\n\ndata: y\n\n")) == b"data: x\n\n\ndata: y\n\n"


def test_an_events_name_and_data_are_read_as_the_standard_says() -> None:
    assert read(b"event: error\ndata: a\ndata:  b\n\n") == ("error", b"a\n b")
    assert read(b": comment\n\n") == ("", None)
    assert read(b"data\n\n") == ("", b"")
    assert framed(b": c\r\nid: 1\r\n\r\n") and not framed(b"<html>\n\n")

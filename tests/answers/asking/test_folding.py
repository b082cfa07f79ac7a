"""What was said is the same whether it is heard live or read back from the log, wherever stream and log are cut."""

import itertools

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.answers.asking import Teller, Telling
from prosa.answers.responses import Message, OutputText, Said, Scribe, fold
from tests.answers.sdk_types import check_event
from tests.answers.streams import DONE, broken, call, chunk, text, thought, usage

_words = st.text(st.characters(codec="utf-8", categories=("L", "N", "Z", "P", "S", "C")), min_size=1, max_size=12)
_logprob = {"token": "a", "logprob": -1.5, "bytes": [97], "top_logprobs": [{"token": "b", "logprob": -2.5, "bytes": [98]}]}
_pieces = st.one_of(
    _words.map(text),
    _words.map(thought),
    _words.map(lambda words: chunk({"refusal": words})),
    _words.map(lambda words: chunk({"content": words, "reasoning_content": words})),
    _words.map(lambda words: chunk({"content": words}, logprobs={"content": [_logprob]})),
    st.builds(call, st.integers(0, 3), st.sampled_from(["f", "clock", None]), _words),
    st.just(chunk({"thinking_blocks": [{"type": "thinking", "thinking": "x", "signature": "y"}]})),
    st.just(
        chunk({"annotations": [{"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "https://x"}}]})
    ),
    st.just(b": a comment\n\n"),
    st.just(chunk({"role": "assistant", "content": ""})),
)
_endings = st.sampled_from(
    [b"", broken(), *(chunk(finish=reason) + usage() + DONE for reason in ("stop", "length", "tool_calls"))]
)
_tellings = st.builds(
    Telling, st.just(frozenset({"clock"})), st.sampled_from([None, frozenset({"f"})]), st.booleans(), st.booleans()
)


def encoded(said: Said) -> bytes:
    """All of the output, and where it stands open."""
    return msgspec.json.encode([said.output, said.open(), sorted(said.started)])


def a_scribe() -> Scribe:
    """A scribe whose ids are the same every time."""
    ids = itertools.count()
    return Scribe(mint=lambda: f"{next(ids):032x}")


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """The stream in pieces."""
    ends = sorted({place % (len(stream) + 1) for place in places} | {0, len(stream)})
    return [stream[start:end] for start, end in itertools.pairwise(ends)]


@settings(max_examples=150, deadline=None)
@given(st.lists(_pieces, max_size=14), _endings, _tellings, st.lists(st.integers(0, 10**6), max_size=12))
def test_folding_the_log_is_what_was_said_for_any_cutting(
    pieces: list[bytes], ending: bytes, telling: Telling, places: list[int]
) -> None:
    stream = b"".join(pieces) + ending
    scribe, log = a_scribe(), list[bytes]()
    teller = Teller(scribe, telling)
    for piece in cut(stream, places):
        log += teller.feed(piece)
        assert encoded(fold(log)) == encoded(scribe.said)
    log += teller.finish()
    assert encoded(fold(log)) == encoded(scribe.said)

    whole = a_scribe()
    again = Teller(whole, telling)
    assert [*again.feed(stream), *again.finish()] == log, "how a stream is cut makes no difference"


@settings(max_examples=150, deadline=None)
@given(st.lists(_pieces, max_size=14), _endings, _tellings, st.integers(0, 10**6))
def test_a_log_that_was_cut_can_be_ended_well_formed(pieces: list[bytes], ending: bytes, telling: Telling, place: int) -> None:
    scribe = a_scribe()
    teller = Teller(scribe, telling)
    log = [*teller.feed(b"".join(pieces) + ending), *teller.finish()]
    log = log[: place % (len(log) + 1)]
    said = fold(log)
    before = said.text
    successor = Scribe(len(log), said)
    log += successor.end_all()
    assert not successor.said.open() and successor.said.text == before
    assert encoded(fold(log)) == encoded(successor.said)
    check_order(log)


@settings(max_examples=100, deadline=None)
@given(st.lists(_pieces, max_size=10), st.lists(_pieces, max_size=6), _tellings, st.integers(0, 10**6))
def test_a_successor_goes_on_in_an_open_message_or_begins_anew(
    first: list[bytes], then: list[bytes], telling: Telling, place: int
) -> None:
    scribe = a_scribe()
    log = Teller(scribe, telling).feed(b"".join(first))
    log = log[: place % (len(log) + 1)]
    successor = Scribe(len(log), fold(log), mint=lambda: "f" * 32)
    open_text = successor.said.continuable()
    if open_text is None:
        log += successor.end_all()
    teller = Teller(successor, telling)
    log += [*teller.feed(b"".join(then) + chunk(finish="stop") + usage() + DONE), *teller.finish()]
    log += successor.end_all(whole=True)  # calls of our own tools, whose results don't come here
    assert open_text is None or open_text in successor.said.text
    assert encoded(fold(log)) == encoded(successor.said)
    check_order(log)


def check_order(log: list[bytes]) -> None:
    """Numbers without a gap; each item added once, in order, its parts one after the other, and done once, last."""
    open_items: dict[int, int] = {}
    for number, data in enumerate(log):
        assert b"\n" not in data and b"\r" not in data, "an event is one line, whatever is said in it"
        event = msgspec.json.decode(data)
        check_event(event)
        assert event["sequence_number"] == number
        kind, place = event["type"], event.get("output_index")
        if kind == "response.output_item.added":
            assert place == len(open_items)
            open_items[place] = 0  # parts that are open
        elif kind == "response.output_item.done":
            assert open_items[place] == 0
            open_items[place] = -1
        elif kind.endswith("part.added"):
            assert open_items[place] == 0
            open_items[place] = 1
        elif kind.endswith("part.done"):
            assert open_items[place] == 1
            open_items[place] = 0
        else:
            assert open_items[place] >= 0
    assert all(state == -1 for state in open_items.values())


def test_a_cut_between_a_texts_end_and_its_parts_end_is_closed_without_saying_it_twice() -> None:
    scribe = a_scribe()
    log = [scribe.begin(Message("msg_1"))[1], scribe.new_part(0, OutputText())]
    growth = scribe.said.growth(0)
    assert growth is not None
    log.append(scribe.text(0, 0, growth, "Hi"))
    ends = scribe.end_item(0)
    log.append(ends[0])
    successor = Scribe(len(log), fold(log))
    assert successor.said.continuable() is None
    rest = [msgspec.json.decode(event)["type"] for event in successor.end_all(whole=True)]
    assert rest == ["response.content_part.done", "response.output_item.done"]

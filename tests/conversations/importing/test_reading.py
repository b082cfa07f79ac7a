"""What a file's bytes become, however they stream in and whatever is wrong with them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as any_of

from prosa.conversations.importing import reading
from prosa.conversations.importing.models import Draft, Fault, Frame, Refusal
from prosa.conversations.importing.nesting import side_by_side
from prosa.conversations.importing.reading import frames
from prosa.conversations.importing.splitting import OVERSIZE, Malformed, Splitter
from prosa.conversations.importing.trees import Sprout, grow
from tests.conversations.importing import exports_of_others as others

JSON = any_of.recursive(
    any_of.none() | any_of.booleans() | any_of.integers() | any_of.text(),
    lambda inner: any_of.lists(inner, max_size=4) | any_of.dictionaries(any_of.text(), inner, max_size=4),
    max_leaves=12,
)


def split(data: bytes, size: int, most: int = 1 << 20) -> list[bytes]:
    """The elements of a file that comes in pieces of this size."""
    splitter = Splitter(most)
    found = [each for start in range(0, len(data), size) for each in splitter.feed(data[start : start + size])]
    splitter.end()
    return found


def read(value: object) -> list[Frame]:
    """What a document becomes."""
    return list(frames([json.dumps(value).encode()]))


@given(
    any_of.lists(any_of.dictionaries(any_of.text(), JSON, max_size=4), max_size=5),
    any_of.integers(1, 40),
    any_of.booleans(),
    any_of.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_elements_come_out_as_they_are_however_they_come_in(
    conversations: list[dict[str, Any]], size: int, wrapped: bool, ascii_only: bool
) -> None:
    document: object = {"a": [{"conversations": [1]}], "conversations": conversations, "z": [{}]} if wrapped else conversations
    data = json.dumps(document, ensure_ascii=ascii_only, indent=1 if size % 2 else None).encode("utf-8", "surrogatepass")
    assert [json.loads(each) for each in split(b"\xef\xbb\xbf \n" + data + b"\n ", size)] == conversations


@given(any_of.dictionaries(any_of.text().filter(lambda name: name != "conversations"), JSON, max_size=5), any_of.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_one_object_is_one_element(document: dict[str, Any], size: int) -> None:
    [found] = split(json.dumps(document).encode(), size)
    assert json.loads(found) == document


@pytest.mark.attack("F4")
def test_of_an_element_that_is_too_large_nothing_is_held() -> None:
    splitter = Splitter(1000)
    found = list(splitter.feed(b'[{"a":1},{"b":"'))
    for _ in range(100):
        found += splitter.feed(b"x" * 500)
        assert len(splitter._held) <= 2000
    found += splitter.feed(b'"},{"c":1}]')
    splitter.end()
    assert found == [b'{"a":1}', OVERSIZE, b'{"c":1}']


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  ",
        b"no json",
        b'"text"',
        b"[1]",
        b"[[]]",
        b"[NaN]",
        b"[{}",
        b'[{"a":"',
        b'[{"a":"\\',
        b"[]]",
        b"[] []",
        b'{"conversations":[{}]} x',
        '[{"a":1}]'.encode("utf-16"),
        b"\xff\xfe[",
    ],
)
def test_what_is_no_file_with_conversations_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        split(data, 3)
    assert isinstance(list(frames([data]))[-1], Refusal)


def nested(depth: int) -> bytes:
    """As deep as wanted."""
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.attack("L8")
@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (b'{"mapping":{"a":{"parent":5}}}', "Expected `str | null`"),
        (b'{"mapping":[]}', "Expected `object`"),
        (b'{"mapping":{"a":NaN}}', "JSON is malformed"),
        (b'{"mapping":{"a":1e999}}', "out of range"),
        (b'{"chat_messages":[{"text":"\\u12"}]}', "scape"),
        (b'{"mapping":' + nested(100_000) + b"}", "nested too deeply"),
        (b'{"mapping":{"a":{"message":{"content":{"parts":[' + nested(100_000) + b"]}}}}}", "nested too deeply"),
        (b'{"unknown":1}', "no form that is known"),
        (b'{"items":[{"id":"a"}]}', "missing required field `item`"),
        (b'{"items":[{"id":"a","item":5}]}', "Expected `object`"),
    ],
)
def test_what_is_wrong_with_a_conversation_is_told_by_its_place(element: bytes, reason: str) -> None:
    good = json.dumps(others.claude()[1]).encode()
    told = list(frames([b"[" + element + b"," + good + b"]"]))
    assert isinstance(told[0], Fault) and told[0].place == "[0]" and reason in told[0].reason
    assert isinstance(told[1], Draft) and told[1].place == "[1]"


def test_half_characters_are_mended_and_told() -> None:
    said = b"\\ud83d\\ude00 \\ud83d \\udc00 \\\\ud800 \xff\\ud800\\ud801"
    [draft] = frames([b'[{"chat_messages":[{"sender":"human","text":"' + said + b'"}]}]'])
    assert isinstance(draft, Draft) and draft.notes == {"damaged characters": 1}
    assert json.loads(draft.items[0].body)["content"][0]["text"] == "😀 \ufffd \ufffd \\ud800 \ufffd\ufffd\ufffd"


@pytest.mark.attack("L8", "F4")
def test_too_many_conversations_and_messages_refuse_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CONVERSATIONS", 10)
    last = list(frames(_endless()))[-1]
    assert isinstance(last, Refusal) and last.too_large
    monkeypatch.setattr(reading, "MOST_ITEMS", 3)
    last = read([others.claude()[0]] * 3)[-1]
    assert isinstance(last, Refusal) and last.too_large


def _endless() -> Iterator[bytes]:
    yield b"[{}"
    while True:
        yield b",{}"


def test_a_newer_form_is_refused() -> None:
    [found] = read({"format": "prosa.conversations", "version": 2, "conversations": []})
    assert isinstance(found, Refusal) and "newer" in found.reason


def grown(*links: tuple[str, str | None], head: str | None = None, hollow: str = "") -> Draft:
    """The draft of these links; those in `hollow` have no words."""
    draft = Draft("[0]", "prosa", "x")
    grow(draft, [Sprout(id, up, None if id in hollow else b"{}", 0) for id, up in links], head)
    return draft


def links(draft: Draft) -> list[tuple[str, str | None]]:
    """As the draft has them."""
    return [(item.id, item.parent) for item in draft.items]


@pytest.mark.attack("L8")
def test_a_tree_that_does_not_hold_is_made_one_and_told() -> None:
    assert links(grown(("a", None), ("b", "a"), ("c", "a"), head="b")) == [("a", None), ("b", "a"), ("c", "a")]
    circle = grown(("a", "c"), ("b", "a"), ("c", "b"), ("d", "d"))
    assert sum(up is None for _, up in links(circle)) == 2 and circle.notes == {"links in a circle": 2}
    lost = grown(("a", "nowhere"), ("b", "a"))
    assert links(lost) == [("a", None), ("b", "a")] and lost.notes == {"links to messages that aren't there": 1}
    twice = grown(("a", None), ("a", "b"), ("b", "a"))
    assert links(twice) == [("a", None), ("b", "a")] and twice.notes == {"messages under an id that another one has": 1}
    hollow = grown(("r", None), ("a", "r"), ("t", "a"), ("b", "t"), head="t", hollow="rt")
    assert links(hollow) == [("a", None), ("b", "a")] and hollow.head == "a"
    assert grown(head="x").head is None and grown(("a", None), ("b", "a"), head="x").head == "b"


@given(any_of.lists(any_of.tuples(any_of.sampled_from("abcdef"), any_of.none() | any_of.sampled_from("abcdefg")), max_size=9))
@settings(max_examples=100, deadline=None)
def test_whatever_the_links_every_message_has_a_beginning(given_links: list[tuple[str, str | None]]) -> None:
    draft = grown(*given_links, hollow="f")
    up = dict(links(draft))
    for id in up:
        seen: set[str] = set()
        at: str | None = id
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = up[at]
    assert draft.head is None if not up else draft.head in up


def test_messages_within_each_other_are_laid_side_by_side_however_deep() -> None:
    deep = b""
    for number in range(5_000):
        inner = b',"children":[' + deep + b"]" if deep else b""
        deep = b'{"messageId":"m%d","text":"a \\"[{ b","files":[{"x":[]}]%s}' % (5_000 - number, inner)
    found = side_by_side(b" [" + deep + b"] ")
    assert len(found) == 5_000 and [up for up, _ in found[:3]] == [None, 0, 1]
    assert json.loads(found[1][1]) == {"messageId": "m2", "text": 'a "[{ b', "files": [{"x": []}], "children": []}
    [draft] = frames([b'{"conversationId":"c","messagesTree":[' + deep + b"]}"])
    assert isinstance(draft, Draft) and len(draft.items) == 5_000 and draft.items[-1].parent == "m4999"

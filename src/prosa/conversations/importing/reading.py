"""A file's bytes become drafts: cut into conversations, each of them known by its members, each fault told by its place."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from prosa.conversations.importing.chatgpt import chatgpt
from prosa.conversations.importing.claude import claude
from prosa.conversations.importing.librechat import TooManyMessages, librechat
from prosa.conversations.importing.models import (
    MOST_BYTES,
    MOST_CONVERSATIONS,
    MOST_ITEMS,
    MOST_ITEMS_EACH,
    Draft,
    Fault,
    Frame,
    Refusal,
)
from prosa.conversations.importing.nesting import lifted
from prosa.conversations.importing.openwebui import openwebui
from prosa.conversations.importing.own import own
from prosa.conversations.importing.splitting import OVERSIZE, Malformed, Splitter

Reader = Callable[[str, bytes], Draft]
FORMAT: Final = "prosa.conversations"
VERSION: Final = 1
_LONGEST_REASON: Final = 300
# An escape: of both halves of a character, of one alone (the group), or of anything else.
_ESCAPED: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_UNREADABLE: Final = b"\\ufffd"


_NOTHING: Final = msgspec.Raw(b"")
_NOTHINGS: Final = frozenset({b"", b"null"})


class _Members(msgspec.Struct):
    """By what of it a conversation's origin is told."""

    mapping: msgspec.Raw = _NOTHING
    chat_messages: msgspec.Raw = _NOTHING
    chat: msgspec.Raw = _NOTHING
    messages: msgspec.Raw = _NOTHING
    messagesTree: msgspec.Raw = _NOTHING  # noqa: N815  # LibreChat's word
    conversationId: msgspec.Raw = _NOTHING  # noqa: N815  # likewise
    items: msgspec.Raw = _NOTHING


class _Header(msgspec.Struct):
    format: str | None = None
    version: int | None = None


_members: Final = msgspec.json.Decoder(_Members).decode
_header: Final = msgspec.json.Decoder(_Header).decode


class Refused(ValueError):
    """The file as a whole can't be imported."""

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        super().__init__(reason)
        self.frame = Refusal(reason, too_large)


def frames(pieces: Iterable[bytes]) -> Iterator[Frame]:
    """What a JSON file holds, conversation by conversation; a Refusal is the last one where it is none that can be imported."""
    try:
        yield from _Reading().frames(pieces)
    except Refused as refused:
        yield refused.frame
    except Malformed as malformed:
        yield Refusal(str(malformed))


class _Reading:
    def __init__(self) -> None:
        self._splitter = Splitter(MOST_BYTES)
        self._conversations = 0
        self._items = 0
        self._checked = False

    def frames(self, pieces: Iterable[bytes]) -> Iterator[Frame]:
        """Raises Refused, Malformed."""
        for piece in pieces:
            for element in self._splitter.feed(piece):
                yield self._frame(element)
        self._splitter.end()
        self._check()

    def _frame(self, element: bytes) -> Frame:
        self._check()
        place = f"[{self._conversations}]"
        self._conversations += 1
        if self._conversations > MOST_CONVERSATIONS:
            raise Refused(f"it has more than {MOST_CONVERSATIONS} conversations", too_large=True)
        if element is OVERSIZE:
            return Fault(place, f"it is larger than {MOST_BYTES >> 20} MB")
        found = _draft(place, element)
        if isinstance(found, Draft):
            self._items += len(found.items)
            if self._items > MOST_ITEMS:
                raise Refused(f"it has more than {MOST_ITEMS} messages", too_large=True)
        return found

    def _check(self) -> None:
        """What the file says of itself, once."""
        if self._checked or not self._splitter.header:
            return
        self._checked = True
        try:
            header = _header(self._splitter.header + b"]}")
        except msgspec.MsgspecError as error:
            raise Refused("it is no JSON file with conversations") from error
        if header.format == FORMAT and (header.version or 0) > VERSION:
            raise Refused("it was made by a newer version of prosa")


def _draft(place: str, element: bytes) -> Draft | Fault:
    try:
        found = _read(place, element)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # Half characters are in many a real export: one makes nobody lose a conversation.
        found = _read_mended(place, element)
    return found


def _read_mended(place: str, element: bytes) -> Draft | Fault:
    try:
        found = _read(place, mended(element))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Fault(place, str(error)[:_LONGEST_REASON])
    if isinstance(found, Draft):
        found.note("damaged characters")
    return found


def _read(place: str, element: bytes) -> Draft | Fault:
    try:
        reader = _reader(element)
        if reader is None:
            return Fault(place, "it is of no form that is known here")
        draft = reader(place, element)
    except (RecursionError, TooManyMessages):
        return Fault(place, "it is nested too deeply, or has too many messages")
    except MemoryError:
        return Fault(place, "it needs too much memory")
    if len(draft.items) > MOST_ITEMS_EACH:
        return Fault(place, f"it has more than {MOST_ITEMS_EACH} messages")
    return draft


def mended(element: bytes) -> bytes:
    """The same JSON with the sign for what can't be read in place of half characters and of what is no UTF-8."""
    whole = element.decode("utf-8", "replace").encode()
    return _ESCAPED.sub(lambda match: _UNREADABLE if match[1] is not None else match[0], whole)


def _reader(element: bytes) -> Reader | None:
    try:
        found = _members(element)
    except RecursionError:
        found = _members(lifted(element)[0])
    if _told(found.mapping):
        return chatgpt
    if _told(found.chat_messages):
        return claude
    if _told(found.chat):
        return openwebui
    if _told(found.conversationId) and (_told(found.messages) or _told(found.messagesTree)):
        return librechat
    return own if _told(found.items) else None


def _told(member: msgspec.Raw) -> bool:
    return len(bytes(memoryview(member)[:5])) > 4 or bytes(member) not in _NOTHINGS

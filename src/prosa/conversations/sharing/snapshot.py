"""What of a conversation may be shown to who has a link: what people and the model said to each other, and nothing else.

Of the items on the path only messages count, and of those only what the person and the model said: no instructions, no calls of
tools and what came of them, no thoughts, no sources. So whatever else an item may hold one day stays out by itself.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from prosa.conversations.models import Node
from prosa.conversations.sharing.cleaning import cleaned
from prosa.conversations.sharing.errors import NothingToShare, ShareTooLarge
from prosa.conversations.sharing.models import MOST_BYTES, MOST_MESSAGES, SharedFile, SharedMessage, Snapshot
from prosa.files import FileNotFound, FileService
from prosa.kit.ids import brought_id

FILE: Final = "file-"
_TEXTS: Final = frozenset({"text", "input_text", "output_text"})
_SPEAKERS: Final = frozenset({"user", "assistant"})


class _Part(msgspec.Struct):
    type: str = ""
    text: str = ""
    refusal: str = ""
    file_id: str | None = None


class _Message(msgspec.Struct):
    role: str = ""
    content: str | list[_Part] = ""


_message: Final = msgspec.json.Decoder(_Message).decode


class Gathering:
    """Makes one snapshot. `files` None: attachments stay out."""

    def __init__(self, space: str, files: FileService | None) -> None:
        self._space = space
        self._service = files
        self._numbers: dict[str, int | None] = {}
        self._files: list[SharedFile] = []

    async def gather(self, nodes: Sequence[Node]) -> Snapshot:
        """Of these items, oldest first. Raises NothingToShare, ShareTooLarge."""
        messages: list[SharedMessage] = []
        size = 0
        for message in _messages(nodes):
            parts = [_Part("text", message.content)] if isinstance(message.content, str) else message.content
            text = cleaned("".join(part.text if part.type in _TEXTS else part.refusal for part in parts))
            attached = [number for part in parts if (number := await self._number(part.file_id)) is not None]
            size += len(text.encode())
            if size > MOST_BYTES or len(messages) >= MOST_MESSAGES:
                raise ShareTooLarge(MOST_MESSAGES, MOST_BYTES // 2**20)
            if text or attached:
                messages.append(SharedMessage(message.role, text, tuple(attached)))
        if not messages:
            raise NothingToShare
        return Snapshot(tuple(messages), tuple(self._files))

    async def _number(self, shown: str | None) -> int | None:
        """Under which number a file is shared; None for none of the owner's."""
        id = brought_id(shown, FILE) if shown is not None and self._service is not None else None
        if id is None:
            return None
        if id not in self._numbers:
            self._numbers[id] = await self._taken(id)
        return self._numbers[id]

    async def _taken(self, id: str) -> int | None:
        assert self._service is not None
        try:
            file = await self._service.get(self._space, id)
        except FileNotFound:
            return None  # it was deleted since
        self._files.append(SharedFile(id, cleaned(file.filename), file.media_type, file.bytes))
        return len(self._files) - 1


def _messages(nodes: Sequence[Node]) -> Iterator[_Message]:
    for node in nodes:
        if node.item.type == "message":
            message = _message(node.item.body)
            if message.role in _SPEAKERS:
                yield message


def body_of(message: SharedMessage) -> bytes:
    """A shared message as an item of a conversation of somebody else's."""
    if message.role == "user":
        content: list[dict[str, object]] = [{"type": "input_text", "text": message.text}]
    else:
        content = [{"type": "output_text", "text": message.text, "annotations": [], "logprobs": []}]
    return msgspec.json.encode({"type": "message", "role": message.role, "status": "completed", "content": content})

"""Asking an assistant and waiting for what it says, for dialects whose clients do no more than that."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.run_request import RunWish, ThreadRunWish
from prosa.answers.assisting.saying import GivenAttachment, GivenImageFile, GivenImageFilePart, GivenPart, GivenText, NewMessage
from prosa.answers.assisting.thread_request import GivenThread
from prosa.answers.assisting.thread_runs import Stretch, ThreadRuns
from prosa.conversations import AttachmentTool, ConversationService
from prosa.files import FileService
from prosa.identity import Caller
from prosa.kit.ids import brought_id
from prosa.runs import Run

_CITATION: Final = re.compile(r"【[^】\n]{0,200}】")
_FILE: Final = "file-"
_SEARCHED: Final = [AttachmentTool("file_search")]


@dataclass(frozen=True, slots=True)
class Ask:
    """A message for an assistant; without `thread_id` in a new thread. `file_ids`: documents are searched, images are seen."""

    assistant_id: str
    text: str
    thread_id: str | None = None
    file_ids: Sequence[str] = ()
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Said:
    """How a run stands after it was waited for. `text`: what it has said, without marks of citations; `action`: the JSON of what
    it asks of the client; `error`: why it failed, for people."""

    thread_id: str
    run_id: str
    status: str
    text: str
    action: msgspec.Raw | None
    error: str | None


class _Error(msgspec.Struct):
    message: str


class _Shown(msgspec.Struct):
    id: str
    thread_id: str
    status: str
    required_action: msgspec.Raw
    last_error: _Error | None = None


class _Part(msgspec.Struct):
    type: str
    text: str = ""


class _Message(msgspec.Struct):
    content: list[_Part] = []


_shown: Final = msgspec.json.Decoder(_Shown).decode
_message: Final = msgspec.json.Decoder(_Message).decode


class Asking:
    """Questions of one caller at a time."""

    def __init__(self, runs: ThreadRuns, conversations: ConversationService, files: FileService) -> None:
        self._runs = runs
        self._conversations = conversations
        self._files = files

    async def ask(self, caller: Caller, ask: Ask, id: str | None = None) -> Said:
        """Say something to an assistant and wait until it has answered, waits for the client, or the time is over: then the run
        goes on. Raises what `ThreadRuns.create` and `create_with_thread` raise, and FileNotFound."""
        message = await self._message(caller, ask)
        if ask.thread_id is None:
            wish = ThreadRunWish(assistant_id=ask.assistant_id, thread=GivenThread(messages=[message]))
            begun = await self._runs.create_with_thread(caller, wish, id)
        else:
            more = RunWish(assistant_id=ask.assistant_id, additional_messages=[message])
            begun = await self._runs.create(caller, ask.thread_id, more, id)
        await self._wait(Stretch(begun.thread, begun.run), ask.seconds)
        thread, run = await self._runs.get(caller.space, begun.thread.shown, self._id(begun.run))
        shown = _shown(self._runs.shown(thread, run))
        waits = bytes(shown.required_action) != b"null"
        return Said(
            thread_id=shown.thread_id,
            run_id=shown.id,
            status=shown.status,
            text=await self._text(run),
            action=shown.required_action if waits else None,
            error=None if shown.last_error is None else shown.last_error.message,
        )

    async def _message(self, caller: Caller, ask: Ask) -> NewMessage:
        parts: list[GivenPart] = [GivenText(ask.text)]
        attachments = []
        for place, named in enumerate(ask.file_ids):
            file = await self._files.get(caller.space, brought_id(named, _FILE) or "", f"file_ids[{place}]")
            if file.media_type.startswith("image/"):
                parts.append(GivenImageFilePart(GivenImageFile(named)))
            else:
                attachments.append(GivenAttachment(named, _SEARCHED))
        return NewMessage("user", parts if len(parts) > 1 else ask.text, attachments or None)

    async def _wait(self, stretch: Stretch, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), aclosing(self._runs.follow(stretch)) as frames:
                async for _ in frames:
                    pass
        except TimeoutError:
            return

    async def _text(self, run: Run) -> str:
        items = await self._conversations.items_of_run(run.space, run.id, made=True)
        said = [_message(item.body) for item in items if item.type == "message"]
        whole = "\n\n".join("".join(part.text for part in each.content if part.type == "output_text") for each in said)
        return _CITATION.sub("", whole)

    def _id(self, run: Run) -> str:
        return f"run_{run.id}"

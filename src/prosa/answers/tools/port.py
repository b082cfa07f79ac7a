"""What a built-in tool is: something that the server itself runs when the model calls it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import msgspec

from prosa.answers.responses import CodeImage, CodeLogs, SearchResult, Source
from prosa.kit.errors import ProsaError
from prosa.usage import Payer


@dataclass(frozen=True, slots=True)
class Granted:
    """Stored ids of vector stores and files that come with an assistant, and the space of its owner, whose they are."""

    space: str
    store_ids: frozenset[str]
    file_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolContext:
    """In what a tool is called: whose run it is, the call's id (the same on every try), what the request says of the tool, who
    pays, in which conversation, as which item of the answer, what comes with the assistant whose run it is, whether nobody stores
    the answer, and stored ids of vector stores whose files are waited for."""

    space: str
    run_id: str
    call_id: str
    now: float  # seconds since 1970
    options: Mapping[str, object] = field(default_factory=dict)
    payer: Payer | None = None
    conversation_id: str | None = None
    place: int = 0
    granted: Granted | None = None
    passing: bool = False
    awaited: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call of a hosted tool: what the model is told, what of it the item can show, and what may be cited."""

    output: str
    results: Sequence[SearchResult] = ()
    outputs: Sequence[CodeLogs | CodeImage] = ()
    sources: Sequence[Source] = ()


class ToolFailed(ProsaError):
    """A tool can't do what it is asked; the message is for the model, which may try otherwise."""

    code = "tool_failed"
    status = 422


class Tool(Protocol):
    """One built-in tool. A call is made at most once for each call id, unless `idempotent` says that a second does no harm."""

    @property
    def name(self) -> str:
        """The name of the function under which the model knows it."""
        ...

    @property
    def type(self) -> str:
        """What stands in a request's `tools`: `prosa:` and the name, as Open Responses has it for hosted tools."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether calling it again changes nothing."""
        ...

    @property
    def description(self) -> str:
        """What the model is told of it."""
        ...

    @property
    def parameters(self) -> msgspec.Raw:
        """The JSON schema of its arguments."""
        ...

    def check(self, options: Mapping[str, object]) -> None:
        """Judge what a request says beside the type. Raises BadRequest."""
        ...

    async def call(self, arguments: bytes, context: ToolContext) -> str | Answered:
        """Do it. `arguments` is JSON as the model wrote it, valid or not. Of a tool with items of its own, Answered. Raises
        ToolFailed."""
        ...


@runtime_checkable
class Preparing(Protocol):
    """A tool that may have to wait for something before it is called; that is no part of the time which a call may take."""

    async def prepare(self, context: ToolContext) -> None:
        """Wait, and no longer than what it is for is worth."""
        ...


@runtime_checkable
class Admitting(Protocol):
    """A tool whose options name what has to be there."""

    async def admit(self, options: Mapping[str, object], space: str, granted: Granted | None) -> None:
        """Judge a request before it is taken. Raises NotFound, BadRequest."""
        ...

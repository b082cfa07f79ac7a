"""What a built-in tool is: something that the server itself runs when the model calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from prosa.kit.errors import ProsaError


@dataclass(frozen=True, slots=True)
class ToolContext:
    """In what a tool is called: whose run it is, the call's id (the same on every try), and what the request says of the tool."""

    space: str
    run_id: str
    call_id: str
    now: float  # seconds since 1970
    options: Mapping[str, object] = field(default_factory=dict)


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

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        """Do it. `arguments` is JSON as the model wrote it, valid or not. Raises ToolFailed."""
        ...

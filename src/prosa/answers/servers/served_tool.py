"""A tool of another server, called as any of our own."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import Raw

from prosa.answers.responses import CallError, ExecutionError, HttpError, ProtocolError, text_error, tool_key
from prosa.answers.responses.checking import check_depth
from prosa.answers.servers.models import Known, Server
from prosa.answers.tools import Answered, ToolContext, ToolFailed
from prosa.drivers.mcp import ToolChanged, ToolClient, ToolServerFailed
from prosa.kit.errors import BadRequest

MOST_ARGUMENTS: Final = 256 * 1024  # bytes
_object: Final = msgspec.json.Decoder(dict[str, object]).decode
_encode: Final = msgspec.json.Encoder().encode
_KINDS: Final[dict[object, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


class ServedFailed(ToolFailed):
    """A call failed; `fault` is what its item shows."""

    def __init__(self, message: str, fault: CallError) -> None:
        super().__init__(message)
        self.fault = fault


class ServedTool:
    """One tool of one server. `changed` hears that the server describes it otherwise now; `approved`: somebody approved a call of
    it as it was described."""

    def __init__(
        self, client: ToolClient, server: Server, known: Known, changed: Callable[[], None], *, approved: bool = False
    ) -> None:
        self._approved = approved
        self._client = client
        self._server = server
        self._known = known
        self._changed = changed

    @property
    def name(self) -> str:
        """Its key, which no function has."""
        return tool_key(self._server.label, self._known.name)

    @property
    def type(self) -> str:
        """The key of all tools of its server."""
        return tool_key(self._server.label)

    @property
    def idempotent(self) -> bool:
        """As its server says."""
        return self._known.idempotent

    @property
    def description(self) -> str:
        """As its server says."""
        return self._known.tool.description or ""

    @property
    def parameters(self) -> Raw:
        """See Tool."""
        return self._known.tool.input_schema

    def check(self, options: Mapping[str, object]) -> None:
        """Its options were judged with its server."""

    async def call(self, arguments: bytes, context: ToolContext) -> Answered:
        """Call it, if its server still describes it as it was listed. Raises ServedFailed."""
        given = Raw(_encode(typed(arguments, self._known.tool.input_schema)))
        known = self._known.tool.print if self._approved or not self._known.read_only else None
        try:
            answer = await self._client.call(self._server.at, self._known.name, given, known)
        except ToolServerFailed as error:
            if isinstance(error, ToolChanged):
                self._changed()
            raise ServedFailed(error.message, _fault(error)) from error
        if answer.failed:
            raise ServedFailed(answer.text[:2000], ExecutionError([{"type": "text", "text": answer.text[:64_000]}]))
        return Answered(answer.text)


def typed(arguments: bytes, schema: Raw) -> dict[str, object]:
    """The arguments as an object whose members are of the kinds that the schema names, with those that it requires; what lies
    deeper its server judges. Raises ServedFailed."""
    try:
        if len(arguments) > MOST_ARGUMENTS:
            raise _wrong(f"the arguments may have at most {MOST_ARGUMENTS // 1024} KB.")
        check_depth(arguments)
        found = _object(arguments)
    except (msgspec.MsgspecError, UnicodeError, BadRequest) as error:
        raise _wrong("the arguments must be a JSON object.") from error
    wanted = _object(schema)
    required, properties = wanted.get("required"), wanted.get("properties")
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in found:
            raise _wrong(f"the argument {name[:100]!r} is missing.")
    for name, value in found.items():
        described = properties.get(name) if isinstance(properties, dict) else None
        if isinstance(described, dict) and not _fits(value, described.get("type")):
            raise _wrong(f"the argument {name[:100]!r} is of the wrong kind.")
    return found


def _fits(value: object, kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    known = [types for each in kinds if isinstance(each, str) and (types := _KINDS.get(each)) is not None]
    if not known or len(known) < len(kinds):
        return True
    if isinstance(value, bool):
        return any(bool in types for types in known)
    if isinstance(value, float) and value.is_integer():
        return any(int in types or float in types for types in known)
    return any(isinstance(value, types) for types in known)


def _wrong(what: str) -> ServedFailed:
    return ServedFailed(what, text_error(what))


def _fault(error: ToolServerFailed) -> CallError:
    if isinstance(error, ToolChanged):
        return text_error(error.message)
    if error.protocol is not None:
        return ProtocolError(error.protocol, error.message)
    return HttpError(error.http, error.message)

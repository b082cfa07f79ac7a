"""The nouns of the Model Context Protocol that a client of tools needs."""

import hashlib
from dataclasses import dataclass, field

import msgspec

from prosa.drivers.outbound import Target


@dataclass(frozen=True, slots=True)
class ToolServer:
    """A server of tools. `headers` go to it and nowhere else: what was given for it, never a credential of ours."""

    label: str
    target: Target
    path: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class OfferedTool(msgspec.Struct, rename="camel", omit_defaults=True):
    """A tool as its server describes it: words of a stranger."""

    name: str
    input_schema: msgspec.Raw = msgspec.Raw(b"{}")
    description: str | None = None
    annotations: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def print(self) -> str:
        """A hash of all that a model is told of it: who approved a tool approved this one."""
        try:
            schema, annotations = msgspec.json.decode(self.input_schema), msgspec.json.decode(self.annotations)
        except RecursionError:  # nobody is told of such a one; it looks like no other
            schema, annotations = bytes(self.input_schema).hex(), bytes(self.annotations).hex()
        told = (self.name, schema, self.description, annotations)
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a call gave, as text: other content is named, not carried. `failed`: the tool says that it could not."""

    text: str
    failed: bool

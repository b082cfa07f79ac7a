"""The API document as the guard's tests read it: every operation, what it asks of its caller, a request that it would take."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from prosa.api.document import openapi_document

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `permission` is None where it is for everybody."""

    method: str
    path: str
    permission: str | None
    parameters: tuple[str, ...]  # names in the path, in their order
    query: dict[str, str] = field(hash=False)
    body: object = field(hash=False)  # None: there is none
    declared: frozenset[int] = frozenset()  # statuses that the document names

    @property
    def name(self) -> str:
        """`GET /api/v1/keys/{key_id}`."""
        return f"{self.method} {self.path}"

    def at(self, values: dict[str, str]) -> str:
        """The path with these values in it."""
        path = self.path
        for name, value in values.items():
            path = path.replace("{" + name + "}", value)
        return path


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document."""
    document = json.loads(openapi_document())
    return tuple(_operations(document))


def guarded() -> list[Operation]:
    """Those that ask something of their caller."""
    return [operation for operation in operations() if operation.permission is not None]


def _operations(document: Document) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            permission = told["x-prosa-permission"]
            parameters = [_resolved(document, each) for each in told.get("parameters", ())]
            yield Operation(
                method.upper(),
                path,
                None if permission == "public" else permission,
                tuple(each["name"] for each in parameters if each["in"] == "path"),
                {
                    each["name"]: str(_example(document, each))
                    for each in parameters
                    if each["in"] == "query" and each.get("required")
                },
                _body(document, told),
                frozenset(int(status) for status in told["responses"] if status.isdigit()),
            )


def _body(document: Document, told: Document) -> object:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    return content["example"] if "example" in content else _made(document, content["schema"])


def _example(document: Document, parameter: Document) -> object:
    if "example" in parameter:
        return parameter["example"]
    return _made(document, parameter["schema"])


def _made(document: Document, schema: Document) -> object:
    """A value that the schema takes: its own example, its default, or the plainest one."""
    schema = _resolved(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        return _made(document, choice)
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: _made(document, each) for name, each in schema.get("properties", {}).items() if name in wanted}
    if kind == "array":
        return [_made(document, schema["items"])] if schema.get("minItems") else []
    return {"string": "a", "integer": 1, "number": 1.0, "boolean": False}.get(str(kind))


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema

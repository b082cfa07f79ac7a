"""How each dialect words an error, and which path speaks which dialect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import msgspec

from prosa.api.edge.asgi import Header
from prosa.kit.errors import ProsaError


class Dialect(Protocol):
    """The shape of a family of routes' errors. `name` is a label of metrics and logs."""

    @property
    def name(self) -> str: ...

    @property
    def content_type(self) -> bytes: ...

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """The status and the JSON body that tell the error."""
        ...


@runtime_checkable
class Challenging(Protocol):
    """A dialect whose errors carry header fields of their own."""

    def headers(self, error: ProsaError) -> Iterable[Header]:
        """The fields that go with this error."""
        ...


@dataclass(frozen=True, slots=True)
class PlainDialect:
    """`{"detail": …}`: what B, S and everything without a dialect of its own answer."""

    name: str = "plain"
    content_type: bytes = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """See Dialect."""
        return error.status, msgspec.json.encode({"detail": error.message})


PLAIN = PlainDialect()


class Dialects:
    """Finds the dialect of a path that no hot route owns: an exact path first, then the longest beginning, then the plain one."""

    def __init__(self, exact: Mapping[str, Dialect] | None = None, beginnings: Mapping[str, Dialect] | None = None) -> None:
        self._exact = dict(exact or {})
        self._beginnings = sorted((beginnings or {}).items(), key=lambda item: -len(item[0]))

    def names(self, path: str) -> bool:
        """Whether a dialect has exactly this path among its own."""
        return path in self._exact

    def of(self, path: str) -> Dialect:
        """The dialect of `path`. A beginning counts up to a slash: `/v1` takes `/v1` and `/v1/…`, not `/v10`."""
        found = self._exact.get(path)
        if found is not None:
            return found
        for beginning, dialect in self._beginnings:
            if path == beginning or path.startswith(beginning + "/"):
                return dialect
        return PLAIN

"""Checks on a request's head that hold for every route (attacks.md K1, K11, J9)."""

import re
from functools import lru_cache
from urllib.parse import unquote_plus

from prosa.api.edge.asgi import Scope
from prosa.api.edge.errors import HeadersTooMany
from prosa.kit.errors import BadRequest

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SINGLE = (b"host", b"origin", b"content-type", b"content-length", b"x-request-id")
_QUERY_BYTES = 8192
_QUERY_FIELDS = 100


@lru_cache(maxsize=2048)
def is_host(value: bytes) -> bool:
    """Whether it is a host with or without a port and nothing else."""
    return _HOST.fullmatch(value) is not None


def is_request_id(value: bytes) -> bool:
    """Whether a caller's own request id may be taken over: short, and of characters that are safe everywhere."""
    return _REQUEST_ID.fullmatch(value) is not None


def check_head(scope: Scope, fields: dict[bytes, bytes], most_headers: int) -> None:
    """Raises BadRequest or HeadersTooMany for a head that could be read in two ways, or is out of bounds."""
    headers = scope["headers"]
    if len(headers) > most_headers:
        raise HeadersTooMany()
    if len(headers) != len(fields):
        names = [name for name, _ in headers]
        for name in _SINGLE:
            if names.count(name) > 1:
                raise BadRequest(f"The header field {name.decode()} came more than once.")
    host = fields.get(b"host")
    if host is None:
        if scope.get("http_version") != "1.0":
            raise BadRequest("The request has no Host.")
    elif not is_host(host):
        raise BadRequest("The request's Host is not valid.")
    query = scope["query_string"]
    if query:
        _check_query(query)


def _check_query(query: bytes) -> None:
    """A repeated name has no single meaning, except where it says that it is a list (`include[]=a&include[]=b`)."""
    if len(query) > _QUERY_BYTES or query.count(b"&") >= _QUERY_FIELDS:
        raise BadRequest("The query is too long.")
    if b"&" not in query:
        return
    seen: set[str] = set()
    for pair in query.split(b"&"):
        name = unquote_plus(pair.partition(b"=")[0].decode("latin-1"))
        if name in seen and not name.endswith("[]"):
            raise BadRequest("A query parameter came more than once.")
        seen.add(name)

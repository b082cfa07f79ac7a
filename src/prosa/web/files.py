"""The files of the pages, ours and those of the API pages' pinned wheel; nothing is loaded from elsewhere."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from prosa.api.edge import OPEN, Exchange, Handler, Header, Route
from prosa.kit.errors import NotFound

_HERE = Path(__file__).parent
_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_OWN = ("pages.css", "share.css", "prosa.svg", "docs.js", "redoc.js", "redoc.css")
_WHEEL = ("swagger-ui.css", "swagger-ui-bundle.js", "redoc.standalone.js")
_SVG_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
# ReDoc shows its maker's logo from the maker's server; ours stands there instead.
_ELSEWHERE = (b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"/assets/prosa.svg")


def page(name: str) -> str:
    """The text of a page's template."""
    return (_HERE / "pages" / name).read_text(encoding="utf-8")


def asset_routes() -> Iterator[tuple[tuple[str, str], Route]]:
    """A route for each file: none is found by a name that a caller made up."""
    for name in _OWN:
        yield ("GET", f"/assets/{name}"), Route(_serving(_HERE / "static" / name), OPEN)
    for folder in _wheel_folders():
        for name in _WHEEL:
            yield ("GET", f"/assets/{name}"), Route(_serving(folder / name), OPEN)


def _wheel_folders() -> list[Path]:
    """Where the API pages' scripts lie. The package is looked up, not imported: its code would bring a framework along."""
    spec = find_spec("fastapi_offline")
    places = spec.submodule_search_locations if spec is not None else None
    return [Path(place) / "static" for place in list(places or ())[:1]]


def _serving(path: Path) -> Handler:
    async def serve(exchange: Exchange) -> None:
        data = _read(path)
        if data is None:
            raise NotFound("Not Found")
        tag = _tag(path)
        headers: list[Header] = [(b"etag", tag), (b"cache-control", b"public, max-age=3600")]
        if path.suffix == ".svg":
            headers.append((b"content-security-policy", _SVG_POLICY))
        if exchange.header(b"if-none-match") == tag:
            await exchange.respond_empty(304, headers)
        else:
            await exchange.respond(200, data, _TYPES[path.suffix], headers)

    return serve


def _read(path: Path) -> bytes | None:
    """The file's bytes; read anew each time, for they are asked for seldom and are large."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data.replace(*_ELSEWHERE) if path.name == "redoc.standalone.js" else data


@lru_cache(maxsize=64)
def _tag(path: Path) -> bytes:
    return b'"' + hashlib.sha256(_read(path) or b"").hexdigest()[:32].encode() + b'"'

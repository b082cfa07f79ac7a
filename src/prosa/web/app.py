"""The web app as Vite built it: one page for all of its addresses, which finds out in the browser which of them it shows.

The page is the same for everybody and holds nothing of anybody. A file is found in a list of the folder that was read before,
never by a path that a caller made up; the list is read anew when the folder was built anew.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prosa.api.edge import Exchange, Handler, Header, Open, Route
from prosa.kit.errors import NotFound
from prosa.web.hints import hints, language
from prosa.web.negotiation import accepted

BUILT: Final = Path(__file__).parent / "assets"  # where `make ui` puts it; part of the wheel
INDEX: Final = "index.html"
POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    b"media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
)
_HTML: Final = b"text/html; charset=utf-8"
_DRAWING: Final = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
_HEADERS: Final[tuple[Header, ...]] = (
    (b"content-security-policy", POLICY),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    (b"cache-control", b"no-cache"),
    (b"x-robots-tag", b"noindex"),
)
# Where a link may have led that holds a code: its address goes to nobody. Elsewhere the server's own log may say whence one came.
_LINKED: Final = ("/set-up", "/sign-in", "/register", "/reset", "/confirm-email", "/invite")
_BEHIND: Final = (
    *("/chat", "/chat/*", "/trash", "/archive", "/shares", "/shares/*", "/import", "/search", "/dashboard"),
    *("/profile", "/profile/*", "/admin", "/admin/*"),
    *("/assistants", "/assistants/*", "/knowledge", "/knowledge/*", "/files/*", "/prompts"),
)
PLACES: Final = (*_LINKED, *_BEHIND)
_MOVED: Final = {"/login": b"/sign-in", "/account": b"/profile"}  # addresses of older clients, and of older pages
# What stands beside the page, of Vite's `public` folder.
_BESIDE: Final = (
    *("start.js", "prosa.webmanifest", "prosa.svg", "favicon.ico", "apple-touch-icon.png"),
    *("icon-192.png", "icon-512.png", "icon-maskable-512.png"),
)
_TYPES: Final = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".json": b"application/json",
    ".webmanifest": b"application/manifest+json",
    ".woff2": b"font/woff2",
    ".png": b"image/png",
    ".ico": b"image/x-icon",
    ".webp": b"image/webp",
    ".wasm": b"application/wasm",
}
_PACKED: Final = {".br": "br", ".gz": "gzip"}
_HASHED: Final = re.compile(r"-[\w-]{8}\.\w+$")  # of Vite: the name tells the content
_FOR_EVER: Final = b"public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = b"public, max-age=3600"
_ACCESS: Final = Open("the page is the same for everybody; what is shown in it the API decides")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The folder as it was when it was read: its page, and which files it has, each with the encodings that lie beside it."""

    stamp: tuple[int, ...] | None = None
    page: bytes | None = None
    tag: bytes = b""
    files: dict[str, frozenset[str]] = field(default_factory=dict)
    hints: dict[tuple[str, str], bytes] = field(default_factory=dict)


class App:
    """The folder of the built app; where nothing is built in it, `unbuilt` answers browsers at the app's addresses."""

    def __init__(self, folder: Path, unbuilt: Handler) -> None:
        self._folder = folder
        self._unbuilt = unbuilt
        self._kept = _Kept()

    @property
    def built(self) -> bool:
        """Whether there is an app to show."""
        return self._current().page is not None

    def routes(self) -> dict[tuple[str, str], Route]:
        """The app's addresses and files, for the edge; its start page is shown by the landing."""
        pages = {("GET", place): Route(self._serving_page(place), _ACCESS) for place in PLACES}
        moved = {("GET", old): Route(_moving(new), _ACCESS) for old, new in _MOVED.items()}
        beside = {("GET", f"/{name}"): Route(self._serving_file(name), _ACCESS) for name in _BESIDE}
        return pages | moved | beside | {("GET", "/assets/*"): Route(self._serve_asset, _ACCESS)}

    async def show(self, exchange: Exchange, place: str, headers: Iterable[Header] = ()) -> None:
        """Answer with the app's page, or with what stands in for it; `place` is the address, as the front's table has it."""
        kept = self._current()
        if kept.page is None:
            await self._unbuilt(exchange)
            return
        referrer = b"no-referrer" if place in _LINKED else b"same-origin"
        fields = [*_HEADERS, (b"referrer-policy", referrer), (b"etag", kept.tag), *headers]
        hinted = kept.hints.get((place, language(exchange.header(b"accept-language"))))
        if hinted is not None:
            fields.append((b"link", hinted))
        if exchange.header(b"if-none-match") == kept.tag:
            await exchange.respond_empty(304, fields)
        else:
            await exchange.respond(200, kept.page, _HTML, fields)

    def _serving_page(self, place: str) -> Handler:
        async def serve(exchange: Exchange) -> None:
            await self.show(exchange, place)

        return serve

    def _serving_file(self, name: str) -> Handler:
        async def serve(exchange: Exchange) -> None:
            await self._respond(exchange, name, _FOR_AN_HOUR)

        return serve

    async def _serve_asset(self, exchange: Exchange) -> None:
        name = exchange.path.removeprefix("/")
        await self._respond(exchange, name, _FOR_EVER if _HASHED.search(name) else _FOR_AN_HOUR)

    async def _respond(self, exchange: Exchange, name: str, kept_for: bytes) -> None:
        there = self._current().files.get(name)
        if there is None:
            raise NotFound("Not Found")
        coding = accepted(exchange.header(b"accept-encoding"), there)
        suffix = next((suffix for suffix, known in _PACKED.items() if known == coding), "")
        data = await asyncio.to_thread(_read, self._folder / (name + suffix))
        kind = os.path.splitext(name)[1]
        headers: list[Header] = [(b"etag", _tag(data)), (b"cache-control", kept_for)]
        if there:
            headers.append((b"vary", b"Accept-Encoding"))
        if coding is not None:
            headers.append((b"content-encoding", coding.encode()))
        if kind == ".svg":
            headers.append((b"content-security-policy", _DRAWING))
        if exchange.header(b"if-none-match") == headers[0][1]:
            await exchange.respond_empty(304, headers)
        else:
            await exchange.respond(200, data, _TYPES[kind], headers)

    def _current(self) -> _Kept:
        """The folder as it is: two looks at it, and a third only where it was built anew."""
        stamp = self._stamp()
        if stamp != self._kept.stamp:
            self._kept = self._read(stamp)
        return self._kept

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            page, assets = os.stat(self._folder / INDEX), os.stat(self._folder / "assets")
        except OSError:
            return None
        return (page.st_ino, page.st_mtime_ns, page.st_size, assets.st_ino, assets.st_mtime_ns)

    def _read(self, stamp: tuple[int, ...] | None) -> _Kept:
        if stamp is None:
            return _Kept()
        try:
            page = (self._folder / INDEX).read_bytes()
            names = [f"assets/{name}" for name in _files(self._folder / "assets")]
            names += [name for name in _files(self._folder) if os.path.splitext(name)[0] in _BESIDE or name in _BESIDE]
        except OSError:
            return _Kept()
        return _Kept(stamp, page, _tag(page), _listed(names), hints(self._folder, page))


def _files(folder: Path) -> list[str]:
    with os.scandir(folder) as found:
        return [entry.name for entry in found if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)]


def _listed(names: list[str]) -> dict[str, frozenset[str]]:
    """Each file of a kind that is served, with the encodings of it."""
    there = frozenset(names)
    return {
        name: frozenset(coding for suffix, coding in _PACKED.items() if name + suffix in there)
        for name in names
        if os.path.splitext(name)[1] in _TYPES
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotFound("Not Found") from None


def _tag(data: bytes) -> bytes:
    return b'"' + hashlib.sha256(data).hexdigest()[:32].encode() + b'"'


def _moving(place: bytes) -> Handler:
    async def serve(exchange: Exchange) -> None:
        await exchange.redirect(place, 303)

    return serve

"""A folder of pages as another site: read by name, bounded, nothing outside of it and nothing hidden in it.

Kinds of files that aren't listed here aren't served, so that a folder in which more lies than pages gives none of it away.
As nginx's `try_files $uri $uri/ =404` with `index index.html`.
"""

import asyncio
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from prosa.api.edge import Exchange, Header
from prosa.kit.errors import NotFound, PayloadTooLarge
from prosa.web.site_policy import DRAWING_POLICY, page_policy

MOST_BYTES: Final = 64 * 1024 * 1024  # of one file: it is read whole
INDEX: Final = "index.html"
_TEXTS: Final = {
    ".html": "text/html",
    ".htm": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
}
_KINDS: Final = {suffix: f"{kind}; charset=utf-8".encode() for suffix, kind in _TEXTS.items()} | {
    ".png": b"image/png",
    ".jpg": b"image/jpeg",
    ".jpeg": b"image/jpeg",
    ".gif": b"image/gif",
    ".webp": b"image/webp",
    ".avif": b"image/avif",
    ".ico": b"image/x-icon",
    ".woff": b"font/woff",
    ".woff2": b"font/woff2",
    ".ttf": b"font/ttf",
    ".otf": b"font/otf",
    ".mp3": b"audio/mpeg",
    ".wav": b"audio/wav",
    ".ogg": b"audio/ogg",
    ".mp4": b"video/mp4",
    ".webm": b"video/webm",
    ".pdf": b"application/pdf",
    ".wasm": b"application/wasm",
}
_PAGES: Final = frozenset({".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was when it was read."""

    suffix: str
    data: bytes
    tag: bytes


class SiteFolder:
    """The folder. `policy` replaces the Content-Security-Policy that is made for each page from what it holds itself."""

    def __init__(self, folder: Path, policy: str | None = None) -> None:
        self._root = folder.resolve()
        self._policy = policy.encode() if policy else None
        self._page_policy = lru_cache(maxsize=64)(page_policy)

    async def serve(self, exchange: Exchange) -> None:
        """Answer with the file that the path names. Raises NotFound, PayloadTooLarge."""
        exchange.record.path = "site"
        place = self._place(exchange.path)
        if place is None:
            raise NotFound("Not Found")
        found = await asyncio.to_thread(self._read, place)
        if found is None:
            if not exchange.path.endswith("/") and await asyncio.to_thread(self._read, place / INDEX) is not None:
                await exchange.redirect(_escaped(exchange.path) + b"/", 301)
                return
            raise NotFound("Not Found")
        headers = self._headers(found)
        if exchange.header(b"if-none-match") == found.tag:
            await exchange.respond_empty(304, headers)
        else:
            await exchange.respond(200, found.data, _KINDS[found.suffix], headers)

    def _place(self, path: str) -> Path | None:
        """Where in the folder such a path points; None for one that has no business in it."""
        *above, last = path[1:].split("/")
        names = [*above, last or INDEX]
        if not path.startswith("/") or not all(map(_plain, names)):
            return None
        return self._root.joinpath(*names)

    def _read(self, place: Path) -> Found | None:
        suffix = place.suffix.lower()
        try:
            real = place.resolve(strict=True)  # a link may lie in the folder, and lead to a place in it
            if suffix not in _KINDS or real.suffix.lower() not in _KINDS or not real.is_relative_to(self._root):
                return None
            if not all(map(_plain, real.relative_to(self._root).parts)):
                return None
            with open(real, "rb", opener=_patiently) as file:
                told = os.fstat(file.fileno())
                if not stat.S_ISREG(told.st_mode):
                    return None
                if told.st_size > MOST_BYTES:
                    raise PayloadTooLarge("The file is too large to be served.")
                data = file.read(MOST_BYTES)
        except (OSError, ValueError, RuntimeError):
            return None
        return Found(suffix, data, f'"{told.st_mtime_ns:x}-{len(data):x}"'.encode())

    def _headers(self, found: Found) -> list[Header]:
        headers: list[Header] = [(b"etag", found.tag), (b"cache-control", b"no-cache")]
        if found.suffix in _PAGES:
            headers.append((b"content-security-policy", self._policy or self._page_policy(found.data)))
        elif found.suffix == ".svg":
            headers.append((b"content-security-policy", DRAWING_POLICY))
        return headers


def _plain(name: str) -> bool:
    """Whether a part of a path is a name, and none that is hidden."""
    return bool(name) and not name.startswith(".") and not any(sign in name for sign in ("\\", "\0", ":", "/"))


def _patiently(path: str, flags: int) -> int:
    """Open without waiting for the other end of what is no file."""
    return os.open(path, flags | os.O_NONBLOCK)


def _escaped(path: str) -> bytes:
    return quote(path).encode()

"""What a page of the app will ask for next, so that the browser fetches it beside what it asks for first.

Without it the entry has to run, and the API to say who is there, before the browser hears of the page's own script. Vite's
manifest tells what belongs to which source.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

MANIFEST: Final = "manifest.json"
_SHELL: Final = "src/app/shell.tsx"
_START: Final = (_SHELL, "src/pages/dashboard/dashboard.tsx")
_CHAT: Final = (_SHELL, "src/chat/chat-page.tsx")
_PROFILE: Final = (_SHELL, "src/pages/account/profile.tsx")
_ADMIN: Final = (_SHELL, "src/pages/admin/admin.tsx")
_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "/": _START,
    "/dashboard": _START,
    "/chat": (_SHELL, "src/chat/new-chat.tsx"),
    "/chat/*": _CHAT,
    "/profile": _PROFILE,
    "/profile/*": _PROFILE,
    "/admin": _ADMIN,
    "/admin/*": _ADMIN,
    "/sign-in": ("src/pages/account/sign-in.tsx",),
}
_WORDS: Final = {"pt-BR": "src/i18n/pt-BR/index.ts", "en": "src/i18n/en/index.ts"}
_SAFE: Final = re.compile(r"assets/[\w.~-]+\.(js|css)")
_AS: Final = {".js": b"modulepreload", ".css": b"preload; as=style"}
_FIRST: Final = b"</start.js>; rel=preload; as=script"  # the page waits for it, and a browser has six connections
_MOST: Final = 1800  # bytes of the field: many a proxy has 4 KB for the whole head


def language(accept_language: bytes | None) -> str:
    """The language that the app will begin with, as far as the browser's list tells: its first that we speak."""
    for wanted in (accept_language or b"")[:500].decode("latin-1").lower().split(","):
        for known in _WORDS:
            if wanted.strip().startswith(known[:2]):
                return known
    return "en"


def hints(folder: Path, page: bytes) -> dict[tuple[str, str], bytes]:
    """For each address and language, the value of its `Link` field: what `page` doesn't name itself."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, dict[str, Any]])
        there = _files(manifest, [name for name, entry in manifest.items() if b'"/%b"' % str(entry.get("file")).encode() in page])
        first = _FIRST if b'"/start.js"' in page else b""
        return {
            (place, tongue): value
            for place, parts in _SOURCES.items()
            for tongue, words in _WORDS.items()
            if (value := _link(folder, _files(manifest, (*parts, words)) - there, first))
        }
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return {}


def _files(manifest: Mapping[str, Mapping[str, Any]], parts: Iterable[str]) -> set[str]:
    """The scripts and styles of these sources and of all that they import at once."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [part for part in parts if part in manifest]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in manifest:
            seen.add(name)
            found |= {str(manifest[name].get("file", "")), *map(str, manifest[name].get("css", ()))}
            waiting += [str(each) for each in manifest[name].get("imports", ())]
    return {file for file in found if _SAFE.fullmatch(file)}


def _link(folder: Path, files: set[str], first: bytes) -> bytes:
    largest_first = sorted(files, key=lambda file: (-(folder / file).stat().st_size, file))
    value = first
    for file in largest_first:
        kind = _AS[os.path.splitext(file)[1]]
        longer = b"%b%b</%b>; rel=%b; crossorigin" % (value, b", " if value else b"", file.encode(), kind)
        value = longer if len(longer) <= _MOST else value
    return value

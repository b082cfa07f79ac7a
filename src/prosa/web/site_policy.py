"""The Content-Security-Policy of a page that isn't ours: what stands in its file may run, what is put into it later may not.

M's page puts old answers in as raw HTML (contracts: multiuser, section 2), so that a model, or a person, could write a script
into it. A script or a handler that the file itself holds is allowed by its hash (CSP Level 3, sections 6.7.3 and 6.7.2.4); all
else comes from files beside it. Nothing goes to another place, so that what were to run all the same could carry nothing off.
"""

import base64
import hashlib
from html.parser import HTMLParser
from typing import Final

_FIXED: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; media-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; script-src 'self'"
)
DRAWING_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
_MOST: Final = 100  # hashes: a longer header field gets lost on its way


def page_policy(page: bytes) -> bytes:
    """The policy of this page."""
    reader = _Reader()
    text = page.decode("utf-8-sig", "replace")
    reader.feed(text.replace("\r\n", "\n").replace("\r", "\n"))  # as browsers read it
    reader.close()
    found = [f"'{_hash(text)}'" for text in dict.fromkeys((*reader.scripts, *reader.handlers))][:_MOST]
    if found and reader.handlers:
        found.insert(0, "'unsafe-hashes'")  # in spite of its name: those of these hashes, and no other handlers
    return " ".join((_FIXED, *found)).encode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Reader(HTMLParser):
    """Collects the texts of scripts without a `src`, and of handlers such as `onclick`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [value for name, value in attrs if name.startswith("on") and value]
        if tag == "script" and all(name != "src" for name, _ in attrs):
            self._inside = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

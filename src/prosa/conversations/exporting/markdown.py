"""A conversation as Markdown: what was said is Markdown already, and stands under headings."""

from collections.abc import AsyncIterator
from datetime import tzinfo
from typing import Final

import msgspec

from prosa.conversations.exporting.document import assistant_of
from prosa.conversations.exporting.models import Language, Shelf, Told
from prosa.conversations.exporting.speech import LABELS, Entry, entry
from prosa.kit import moments

_json: Final = msgspec.json.Encoder().encode


async def markdown(shelf: Shelf, items: AsyncIterator[list[Told]], language: Language, zone: tzinfo) -> AsyncIterator[bytes]:
    """The document, piece by piece."""
    labels = LABELS[language]
    title = " ".join((shelf.title or labels["untitled"]).split())
    # JSON's strings are YAML's: whatever a title holds ends neither the line nor the block.
    front = {"title": title, "created": shown(shelf.created_at, zone), "updated": shown(shelf.updated_at, zone)}
    if shelf.model is not None:
        front["model"] = shelf.model
    if (assistant := assistant_of(shelf.settings)) is not None:
        front["assistant"] = assistant
    lines = [f"{name}: {_json(value).decode()}" for name, value in front.items()]
    yield ("---\n" + "\n".join(lines) + f"\n---\n\n# {_escaped(title)}\n").encode()
    said = False
    async for some in items:
        for told in some:
            found = entry(told, language)
            if found is not None:
                yield _entry(found, labels, zone).encode("utf-8", "replace")
                said = True
    if not said:
        yield f"\n*{labels['empty']}*\n".encode()


def shown(moment: int, zone: tzinfo) -> str:
    """A moment, in microseconds since 1970, as people read it."""
    return moments.shown(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def _entry(found: Entry, labels: dict[str, str], zone: tzinfo) -> str:
    text = _fenced(found.text) if found.plain and found.text else found.text.strip("\n")
    files = "".join(f"\n- {_escaped(name)}" for name in found.files)
    held = f"\n\n{labels['files']}:\n{files}" if files else ""
    return f"\n## {labels[found.role]} · {shown(found.at, zone)}\n\n{text}{held}\n"


def _fenced(text: str) -> str:
    """A block that nothing within it can end."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def _escaped(text: str) -> str:
    """Text that means itself in Markdown."""
    return "".join("\\" + sign if sign in "\\`*_[]<>#|!&" else sign for sign in text)

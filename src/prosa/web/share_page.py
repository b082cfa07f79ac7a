"""The page that a shared link shows: who said what, every character of it escaped, no script."""

from collections.abc import Sequence
from functools import cache
from html import escape
from itertools import zip_longest
from string import Template
from typing import Final

from prosa.conversations import Shared, SharedFile
from prosa.kit import moments
from prosa.web.files import page
from prosa.web.language import Language, preferred

_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "untitled": "A conversation",
        "user": "Person",
        "assistant": "Assistant",
        "note": "A shared copy, as it was on $date. Answers of a model can be wrong.",
        "until": "This link ends on $date.",
        "go": "Continue in a copy of your own",
    },
    "pt-BR": {
        "untitled": "Uma conversa",
        "user": "Pessoa",
        "assistant": "Assistente",
        "note": "Uma cópia compartilhada, como era em $date. As respostas de um modelo podem estar erradas.",
        "until": "Este link termina em $date.",
        "go": "Continuar em uma cópia sua",
    },
}
_COPY: Final = "/shares/copy/"  # the app's page that asks before it copies, and asks who isn't signed in to do so
_DATES: Final[dict[Language, str]] = {"en": "%Y-%m-%d", "pt-BR": "%d/%m/%Y"}


def share_page(shared: Shared, place: str, accept_language: bytes | None, drawn: Sequence[str | None] = ()) -> bytes:
    """The page, in the language that the reader prefers; `place` is its address, `drawn` safe HTML of each message, if any."""
    language = preferred(accept_language)
    words, date = _WORDS[language], _DATES[language]
    share, snapshot = shared.share, shared.snapshot
    note = _told(words["note"], share.created_at, date)
    if share.expires_at is not None:
        note += " " + _told(words["until"], share.expires_at, date)
    said: list[str] = []
    for message, html in zip_longest(snapshot.messages, drawn[: len(snapshot.messages)]):
        files = "".join(_shown(snapshot.files[number], f"{place}/files/{number}") for number in message.files)
        who, text = words.get(message.role, ""), html or f'<p class="said">{escape(message.text)}</p>'
        said.append(f'<article class="{escape(message.role)}"><h2>{who}</h2>{text}{files}</article>')
    parts = {
        "language": language,
        "title": escape(share.title or words["untitled"]),
        "note": note,
        "said": "\n".join(said),
        "copy": escape(_COPY + place.rpartition("/")[2]),
        "go": words["go"],
    }
    return _template().substitute(parts).encode("utf-8", "replace")


def _told(text: str, moment: float, form: str) -> str:
    return Template(text).substitute(date=moments.shown(moments.stored(moment)).strftime(form))


def _shown(file: SharedFile, address: str) -> str:
    place, name = escape(address), escape(file.name)
    if file.media_type in _PICTURES:
        return f'<p><img src="{place}" alt="{name}" loading="lazy"></p>'
    return f'<p><a href="{place}" rel="nofollow noreferrer">{name}</a></p>'


@cache
def _template() -> Template:
    return Template(page("share.html"))

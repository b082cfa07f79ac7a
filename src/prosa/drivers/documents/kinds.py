"""Which reader takes a document: told by its type, and where that says only "text", by its name."""

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_READERS: Final = {
    "application/pdf": "pdf",
    f"{_OFFICE}wordprocessingml.document": "word",
    f"{_OFFICE}presentationml.presentation": "slides",
    f"{_OFFICE}spreadsheetml.sheet": "sheets",
    "application/vnd.ms-excel": "sheets",
    "application/vnd.oasis.opendocument.spreadsheet": "sheets",
    "text/html": "page",
    "application/xhtml+xml": "page",
    "text/markdown": "markdown",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "application/json": "json",
    "application/jsonl": "code",
    "application/yaml": "code",
    "application/xml": "code",
    "image/svg+xml": "code",
    "text/css": "code",
    "text/javascript": "code",
    "application/javascript": "code",
    "text/x-typescript": "code",
}
_TEXT: Final = frozenset({"message/rfc822", "text/calendar", "text/vcard"})
_ENDINGS: Final = {
    "pdf": "pdf",
    "docx": "word",
    "pptx": "slides",
    "xlsx": "sheets",
    "xls": "sheets",
    "ods": "sheets",
    "html": "page",
    "htm": "page",
    "xhtml": "page",
    "md": "markdown",
    "markdown": "markdown",
    "csv": "table",
    "tsv": "table",
    "json": "json",
}
_CODE: Final = _set("""
py rb go rs java kt kts c h cc cpp hpp cs php sh bash sql r lua pl swift scala vue svelte bat ps1 tex toml diff patch
js mjs ts tsx jsx css scss xml yaml yml jsonl ndjson ini cfg conf env dart ex exs erl hs clj jl m mm asm proto graphql tf
""")
_PLAIN: Final = frozenset({"text/plain", "application/octet-stream", ""})


def reader_of(filename: str, media_type: str) -> str | None:
    """The reader's name; None where there is none for it."""
    kind = media_type.partition(";")[0].strip().lower()
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if kind in _READERS:
        return _READERS[kind]
    if kind in _PLAIN:
        if ending in _CODE:
            return "code"
        found = _ENDINGS.get(ending)
        # A name alone makes no office document of text, and what is of unknown kind is read only where the name says as what.
        if kind == "text/plain":
            return found if found in ("page", "markdown", "table", "json") else "text"
        return found
    if kind in _TEXT or kind.startswith("text/"):
        return "code" if ending in _CODE else "text"
    return None


def language_of(filename: str) -> str:
    """What stands behind the fence of a piece of code: the name's ending, where it is a plain word."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= 10 else ""

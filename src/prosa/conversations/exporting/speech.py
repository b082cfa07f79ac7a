"""What an item says, for a document that people read: who, when, which text."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from prosa.conversations.exporting.models import Language, Told

Role = Literal["user", "assistant", "system", "tool"]


class Entry(msgspec.Struct, frozen=True):
    """One who speaks. `text` is Markdown, or plain where `plain`; `at` in microseconds since 1970; `files`: names."""

    role: Role
    at: int
    text: str
    files: tuple[str, ...] = ()
    plain: bool = False


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None
    filename: str | None = None
    file_id: str | None = None
    image_url: str | None = None


class _Body(msgspec.Struct):
    type: str = "message"
    role: str = "user"
    content: str | list[_Part] | None = None
    name: str | None = None
    arguments: str | None = None
    input: str | None = None
    output: str | list[_Part] | None = None
    code: str | None = None
    queries: list[str] = []


_ROLES: Final[dict[str, Role]] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_CALLS: Final = frozenset({"function_call", "custom_tool_call", "mcp_call"})
_RESULTS: Final = frozenset({"function_call_output", "custom_tool_call_output"})
_body: Final = msgspec.json.Decoder(_Body).decode

LABELS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "user": "You",
        "assistant": "Assistant",
        "system": "Instructions",
        "tool": "Tool",
        "untitled": "Untitled conversation",
        "exported": "Exported",
        "part": "part",
        "files": "Files",
        "image": "image",
        "file": "file",
        "empty": "Nothing was said in this conversation.",
    },
    "pt": {
        "user": "Você",
        "assistant": "Assistente",
        "system": "Instruções",
        "tool": "Ferramenta",
        "untitled": "Conversa sem título",
        "exported": "Exportada",
        "part": "parte",
        "files": "Arquivos",
        "image": "imagem",
        "file": "arquivo",
        "empty": "Nada foi dito nesta conversa.",
    },
}


def entry(told: Told, language: Language = "en") -> Entry | None:
    """What an item says; None for one that says nothing to people, such as a thought that is sealed."""
    try:
        body = _body(told.body)
    except msgspec.MsgspecError:
        return None
    if body.type == "message":
        text, files = _said(body.content, language)
        return Entry(_ROLES.get(body.role, "user"), told.created_at, text, files) if text or files else None
    if body.type in _CALLS:
        given = body.arguments if body.arguments is not None else body.input or ""
        return Entry("tool", told.created_at, f"{body.name or body.type}({given})", plain=True)
    if body.type == "code_interpreter_call":
        return Entry("tool", told.created_at, body.code, plain=True) if body.code else None
    if body.type == "file_search_call":
        return Entry("tool", told.created_at, f"file_search({', '.join(body.queries)})", plain=True)
    if body.type in _RESULTS:
        text, files = _said(body.output, language)
        return Entry("tool", told.created_at, text, files, plain=True) if text or files else None
    return None


def file_ids(told: Told) -> list[str]:
    """The files that a message names, as it names them."""
    if b'"file_id"' not in told.body:
        return []
    try:
        content = _body(told.body).content
    except msgspec.MsgspecError:
        return []
    return [part.file_id for part in content if part.file_id] if isinstance(content, list) else []


def _said(content: str | Sequence[_Part] | None, language: Language) -> tuple[str, tuple[str, ...]]:
    if content is None or isinstance(content, str):
        return content or "", ()
    labels = LABELS[language]
    texts, files = [], []
    for part in content:
        if part.text is not None or part.refusal is not None:
            texts.append(part.text or part.refusal or "")
        elif part.type == "input_image":
            files.append(part.filename or part.file_id or labels["image"])
        elif part.filename or part.file_id:
            files.append(part.filename or part.file_id or labels["file"])
    return "\n\n".join(texts), tuple(files)

"""Objects of the Assistants API as they were saved, in our words. Nothing here reads or writes a store.

Source: `openai.types.beta` and its neighbours of the official SDK. What is missing has the vendor's default; what has another
form than the vendor's counts as missing, unless nothing can be done without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Raw, Struct

from prosa.answers.adopting.models import Unreadable
from prosa.answers.assisting.resources import FILE, Resources
from prosa.answers.responses import OutputText, Refusal
from prosa.answers.responses.content import InputImage, InputPart, InputText
from prosa.answers.responses.input import GivenMessage, ReplayedMessage
from prosa.answers.responses.request import Metadata
from prosa.answers.upkeep.titles import first_words
from prosa.conversations import Attachment, AttachmentTool, Margin, Reason, SavedMessage, SavedThread, title_of, with_margin
from prosa.kit import moments
from prosa.kit.ids import brought_id
from prosa.knowledge import STORE, Chunking, NewStore

RUN: Final = "run_"
_PURPOSES: Final = frozenset({"assistants", "assistants_output", "vision", "user_data", "batch", "batch_output", "fine-tune"})
_TOOLS: Final = ("code_interpreter", "file_search")
_LATEST: Final = 253_402_300_800  # seconds: the year 10000
_encode: Final = msgspec.json.Encoder().encode
_BROKEN: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
Names = Mapping[str, str]
"""Names of the files that are here, by their stored ids."""


class _Named(Struct):
    id: str = ""


class _Search(Struct):
    vector_store_ids: list[str] = []


class _Code(Struct):
    file_ids: list[str] = []


class _Resources(Struct):
    file_search: _Search | None = None
    code_interpreter: _Code | None = None


class SavedFile(NamedTuple):
    """What a file's object says of it."""

    id: str
    name: str
    purpose: str
    size: int | None
    created_at: float | None


class Member(NamedTuple):
    """A file of a store: by which attributes it is found (JSON), and how it is cut."""

    attributes: bytes
    chunking: Chunking


def loose(body: bytes | Raw, kind: Any) -> Any:  # whatever the type says, None where it isn't that
    """JSON as this type; None where it is another."""
    try:
        return msgspec.json.decode(body, type=kind)
    except _BROKEN:
        return None


def members(body: bytes | Raw) -> dict[str, Raw]:
    """The members of an object, nulls left out."""
    found: dict[str, Raw] = loose(body, dict[str, Raw]) or {}
    return {name: raw for name, raw in found.items() if bytes(raw) != b"null"}


def moment(raw: Raw | None) -> int | None:
    """Whole seconds since 1970."""
    found = None if raw is None else loose(raw, float)
    return int(found) if found is not None and 0 < found < _LATEST else None


def metadata_of(fields: Mapping[str, Raw]) -> dict[str, str]:
    """An object's metadata, as much of it as may be."""
    return _get(fields, "metadata", Metadata) or {}


# Threads and messages


def thread_of(name: str, body: bytes, now: int, here: "tuple[set[str], set[str]]") -> tuple[SavedThread, list[str]]:
    """A thread, and what of it can't be here. `now` in seconds since 1970; `here`: stores and files that are, by stored ids."""
    fields = members(body)
    created = moment(fields.get("created_at")) or now
    notes: list[str] = []
    stores, files = named_in(fields)
    for each in files:
        if each not in here[1]:
            notes.append(f"{FILE}{each}, which its code interpreter had, isn't here")
    resources = Resources(
        tuple(each for each in stores if each in here[0]) if stores else None,
        tuple(each for each in files if each in here[1]) if files else None,
    )
    saved = SavedThread(name, created * moments.SECOND, _encode(metadata_of(fields)), resources.kept())
    return saved, notes


def title_from(body: bytes | None) -> str | None:
    """What a thread that begins with this message is called."""
    parts = [] if body is None else _contents(members(body))
    return title_of(first_words(" ".join(_words(part).value for part in parts if part.type == "text")))


def named_in(fields: Mapping[str, Raw]) -> tuple[list[str], list[str]]:
    """The stores and files that `tool_resources` name, by stored ids."""
    found = _get(fields, "tool_resources", _Resources) or _Resources()
    stores = found.file_search.vector_store_ids if found.file_search is not None else []
    files = found.code_interpreter.file_ids if found.code_interpreter is not None else []
    return _bare(stores, STORE), _bare(files, FILE)


class _Content(Struct):
    type: str
    text: Raw = Raw()
    image_file: Raw = Raw()
    image_url: Raw = Raw()
    refusal: str = ""


class _Text(Struct):
    value: str = ""
    annotations: list[Raw] = []


class _Image(Struct):
    file_id: str = ""
    url: str = ""
    detail: str | None = None


class _Annotation(Struct):
    type: str
    start_index: int = 0
    end_index: int = 0
    file_citation: Raw = Raw()
    file_path: Raw = Raw()


class _File(Struct):
    file_id: str = ""


class _Attached(Struct):
    file_id: str
    tools: list[Raw] = []


class _Kind(Struct):
    type: str = ""


def files_of(body: bytes) -> list[str]:
    """The stored ids of all files that a message shows or cites."""
    fields = members(body)
    found: list[str] = []
    for part in _contents(fields):
        image = loose(part.image_file, _Image) if part.type == "image_file" else None
        found += [image.file_id] if image is not None else []
        text = _words(part) if part.type == "text" else None
        for raw in text.annotations if text is not None else ():
            found.append(_cited(raw)[1])
    return list(dict.fromkeys(_bare(found, FILE)))


def message_of(name: str, body: bytes, said: int, names: Names) -> tuple[SavedMessage, list[str]]:
    """A message, and what of it can't be here. `said` in seconds since 1970. Raises Unreadable."""
    fields = members(body)
    role = _get(fields, "role", str)
    if role not in ("user", "assistant"):
        raise Unreadable("it is neither a user's message nor an assistant's")
    notes: list[str] = []
    parts = _contents(fields)
    if role == "assistant":
        status = "incomplete" if _get(fields, "status", str) in ("incomplete", "in_progress") else "completed"
        item = _encode(ReplayedMessage(role, [_said(part, names) for part in parts], status=status))
    else:
        item = _encode(GivenMessage(role, [_given(part, names, notes) for part in parts]))
    run = brought_id(_get(fields, "run_id", str) or "", RUN) if role == "assistant" else None
    return SavedMessage(name, said * moments.SECOND, with_margin(item, _margin(fields)), run), notes


def _margin(fields: Mapping[str, Raw]) -> Margin:
    details = _get(fields, "incomplete_details", dict[str, Raw]) or {}
    return Margin(
        metadata=metadata_of(fields),
        attachments=[_attachment(each) for each in _get(fields, "attachments", list[_Attached]) or ()],
        assistant_id=_get(fields, "assistant_id", str) or None,
        reason=_get(details, "reason", Reason),
    )


def _attachment(given: _Attached) -> Attachment:
    kinds = [kind.type for raw in given.tools if (kind := loose(raw, _Kind)) is not None]
    tools = [found for kind in kinds if kind in _TOOLS and (found := msgspec.convert({"type": kind}, AttachmentTool))]
    return Attachment(given.file_id, tools)


def _contents(fields: Mapping[str, Raw]) -> list[_Content]:
    """The parts of a message. What isn't there is none; a plain text is one."""
    raw = fields.get("content")
    text = None if raw is None else loose(raw, str)
    if text is not None:
        return [_Content("text", text=Raw(_encode(text)))]
    found = [loose(each, _Content) for each in (loose(raw, list[Raw]) or () if raw is not None else ())]
    return [each for each in found if each is not None]


def _words(part: _Content) -> _Text:
    """A text part's words: as the API gave them, or plain, as it took them."""
    plain = loose(part.text, str)
    return _Text(plain) if plain is not None else loose(part.text, _Text) or _Text()


def _given(part: _Content, names: Names, notes: list[str]) -> InputPart:
    if part.type == "image_file":
        image = loose(part.image_file, _Image) or _Image()
        if brought_id(image.file_id, FILE) in names:
            return InputImage(file_id=image.file_id, detail=_detail(image))
        notes.append(f"the picture {image.file_id or 'in it'} wasn't saved, and is told in words")
        return InputText(f"[a picture that was not saved: {image.file_id}]")
    if part.type == "image_url":
        image = loose(part.image_url, _Image) or _Image()
        if image.url.startswith(("https://", "http://", "data:image/")):
            return InputImage(image_url=image.url, detail=_detail(image))
        return InputText("[a picture whose address can't be]")
    return InputText(_words(part).value if part.type == "text" else part.refusal)


def _detail(image: _Image) -> Any:  # one of a few words, which no literal type can be shown to be
    return image.detail if image.detail in ("low", "high", "auto") else "auto"


def _said(part: _Content, names: Names) -> OutputText | Refusal:
    if part.type == "refusal":
        return Refusal(part.refusal)
    if part.type == "image_file":
        image = loose(part.image_file, _Image) or _Image()
        return OutputText("", [_drawn(image.file_id, names)])
    if part.type == "image_url":
        return OutputText((loose(part.image_url, _Image) or _Image()).url)
    text = _words(part)
    kept = [found for raw in text.annotations if (found := _annotation(raw, names)) is not None]
    return OutputText(text.value, kept)


def _drawn(file_id: str, names: Names) -> Raw:
    """A picture that the model's code drew; its name has to end so for it to be shown as one."""
    name = names.get(brought_id(file_id, FILE) or "", "")
    fields = {"type": "container_file_citation", "container_id": "", "file_id": file_id, "start_index": 0, "end_index": 0}
    return Raw(_encode(fields | {"filename": name if "." in name else f"{name or 'picture'}.png"}))


def _annotation(raw: Raw, names: Names) -> Raw | None:
    """A citation in the words of the Responses API, with the range that its mark has in the text."""
    found, file_id = _cited(raw)
    if found is None or not file_id:
        return None
    begin, end = found.start_index, found.end_index
    name = names.get(brought_id(file_id, FILE) or "", "")
    fields: dict[str, object] = {"type": found.type, "file_id": file_id, "filename": name, "index": begin}
    if found.type == "file_path":
        fields = {"type": "container_file_citation", "container_id": "", "file_id": file_id, "filename": name}
    return Raw(_encode(fields | {"start_index": begin, "end_index": end}))


def _cited(raw: Raw) -> tuple[_Annotation | None, str]:
    found: _Annotation | None = loose(raw, _Annotation)
    if found is None or found.type not in ("file_citation", "file_path"):
        return None, ""
    file = loose(found.file_citation if found.type == "file_citation" else found.file_path, _File)
    return found, file.file_id if file is not None else ""


# Files and stores


def file_of(id: str, body: bytes) -> SavedFile:
    """A file's object."""
    fields = members(body)
    purpose = _get(fields, "purpose", str)
    created = moment(fields.get("created_at"))
    return SavedFile(
        id,
        _get(fields, "filename", str) or f"{FILE}{id}",
        purpose if purpose in _PURPOSES else "assistants",
        _get(fields, "bytes", int),
        None if created is None else float(created),
    )


class _Expiry(Struct):
    days: int


def store_of(body: bytes, id: str) -> tuple[NewStore, float | None]:
    """A store, and when it was made."""
    fields = members(body)
    expiry = _get(fields, "expires_after", _Expiry)
    new = NewStore(
        _get(fields, "name", str) or (f"{STORE}{id}" if not fields else ""),
        description=_get(fields, "description", str),
        metadata=_encode(metadata_of(fields)),
        expires_days=expiry.days if expiry is not None and 1 <= expiry.days <= 365 else None,
    )
    created = moment(fields.get("created_at"))
    return new, None if created is None else float(created)


class _Sizes(Struct):
    max_chunk_size_tokens: int
    chunk_overlap_tokens: int


class _Strategy(Struct):
    static: _Sizes


def member_of(body: bytes) -> Member:
    """A file of a store."""
    fields = members(body)
    given = _get(fields, "attributes", dict[str, str | float | bool]) or {}
    kept = {name: value for name, value in list(given.items())[:16] if len(name) <= 64 and len(str(value)) <= 512}
    strategy = _get(fields, "chunking_strategy", _Strategy)
    sizes = strategy.static if strategy is not None else _Sizes(0, 0)
    fits = 100 <= sizes.max_chunk_size_tokens <= 4096 and 0 <= sizes.chunk_overlap_tokens * 2 <= sizes.max_chunk_size_tokens
    chunking = Chunking(sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens) if fits else Chunking()
    return Member(_encode(kept), chunking)


def _get(fields: Mapping[str, Raw], name: str, kind: Any) -> Any:  # as `loose`
    raw = fields.get(name)
    return None if raw is None else loose(raw, kind)


def _bare(shown: Sequence[str], prefix: str) -> list[str]:
    found = [bare for each in shown if (bare := brought_id(each, prefix)) is not None]
    return list(dict.fromkeys(found))

"""Assistants that are copied here, or travel to another installation as a file."""

import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from prosa.assistants.errors import AssistantFileInvalid
from prosa.assistants.judging import without_lost
from prosa.assistants.models import Assistant, Draft, NewStore
from prosa.assistants.pictures import MOST_BYTES as MOST_PICTURE
from prosa.assistants.ports import AssistantParts
from prosa.assistants.shapes import MOST_FILES, MOST_STORES, Definition
from prosa.gateway import CallKind, ModelNotFound
from prosa.identity import Caller
from prosa.kit import moments

if TYPE_CHECKING:
    from prosa.assistants.service import AssistantService

VERSION: Final = 1
"""Of the file's schema. A later version may have more fields, which an earlier prosa leaves out; another number is refused."""
MOST_BYTES: Final = 3 * 1024 * 1024  # of a file, with its picture
_BEGINNINGS: Final = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
_Name = Annotated[str, Meta(max_length=1024)]


class Picture(Struct, frozen=True):
    """A picture by its type and its bytes in base64."""

    type: Literal["image/png", "image/jpeg", "image/webp"]
    data: str


class Knowledge(Struct, frozen=True):
    """What the assistant knew where it comes from, by names: a file carries none of it."""

    stores: Annotated[list[_Name], Meta(max_length=MOST_STORES)] = []
    files: Annotated[list[_Name], Meta(max_length=MOST_FILES)] = []


class AssistantFile(Struct, omit_defaults=True):
    """An assistant as a file. `assistant` holds the fields of its definition, but for ids."""

    format: Literal["prosa.assistant"]
    version: int
    assistant: Definition
    exported_at: datetime | None = None
    knowledge: Knowledge = Knowledge()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A copy, and what it is without. `stores`: names of those that were made anew, empty; `lost_stores` and `lost_files`: names,
    "" where there is none to tell; `model`: the one that isn't here, and in whose place the server's default stands."""

    assistant: Assistant
    stores: tuple[str, ...] = ()
    lost_stores: tuple[str, ...] = ()
    lost_files: tuple[str, ...] = ()
    model: str | None = None


class Copies:
    """Duplicates, exports and imports."""

    def __init__(self, parts: AssistantParts, assistants: "AssistantService") -> None:
        self._parts = parts
        self._assistants = assistants

    async def duplicate(self, caller: Caller, id: str, new_id: str | None = None) -> Brought:
        """One's own copy of an assistant that one may use; of another's, files and stores stay behind.

        Raises AssistantNotFound, and what making an assistant raises.
        """
        source = await self._assistants.usable(caller, id)
        definition = source.definition
        space = source.space if source.space == caller.space else ""
        kept = without_lost(definition, await self._assistants.judge.knowledge(space, definition))
        copy = await self._assistants.create(caller, Draft(kept, id=new_id))
        if copy.picture is None:
            copy = await self._assistants.pictures.copy(caller, source, copy)
        lost_stores = len(definition.store_ids or ()) - len(kept.store_ids or ())
        lost_files = len(definition.file_ids or ()) - len(kept.file_ids or ())
        return Brought(copy, lost_stores=("",) * lost_stores, lost_files=("",) * lost_files)

    async def exported(self, caller: Caller, id: str) -> bytes:
        """An assistant that one may edit as a file. Raises AssistantNotFound, AssistantNotYours, FileDamaged."""
        found = await self._assistants.editable(caller, id)
        known = await self._assistants.judge.knowledge(found.space, found.definition)
        file = await self._assistants.pictures.of(found)
        picture = None
        if file is not None:
            data = b"".join([piece async for piece in self._assistants.pictures.content(file)])
            picture = Picture(file.media_type, base64.b64encode(data).decode())  # type: ignore[arg-type]  # a kept picture's
        bare = msgspec.structs.replace(found.definition, store_ids=None, file_ids=None)
        knowledge = Knowledge(list(known.stores.values()), list(known.files.values()))
        now = moments.shown(moments.stored(self._parts.clock.now()))
        whole = AssistantFile("prosa.assistant", VERSION, bare, now, knowledge, picture)
        return msgspec.json.format(msgspec.json.encode(whole), indent=2)

    async def imported(self, caller: Caller, raw: bytes, new_id: str | None = None) -> Brought:
        """A new assistant of one's own out of such a file; nobody else may use it, and its stores are new and empty.

        Raises AssistantFileInvalid, and what making an assistant raises.
        """
        file = read(raw)
        data = None if file.picture is None else _decoded(file.picture)
        definition, missing = await self._with_model(caller, file.assistant)
        names = file.knowledge.stores if self._parts.stores is not None else []
        store = NewStore(names[0]) if names else None
        made = await self._assistants.create(caller, Draft(definition, store, new_id))
        if file.picture is not None and data is not None and made.picture is None:
            made = await self._assistants.pictures.put(caller, made.shown, file.picture.type, _one(data))
        lost = () if names else tuple(file.knowledge.stores)
        return Brought(made, tuple(names), lost, tuple(file.knowledge.files), missing)

    async def _with_model(self, caller: Caller, definition: Definition) -> tuple[Definition, str | None]:
        """With the server's default in place of a model that isn't here. Raises ModelNotFound where there is none either."""
        try:
            await self._assistants.judge.check_model(caller, definition.model)
        except ModelNotFound:
            default = self._parts.gateway.catalogue.default_name(CallKind.CHAT)
            if default is None:
                raise
            return msgspec.structs.replace(definition, model=default), definition.model
        return definition, None


_decode: Final = msgspec.json.Decoder(AssistantFile).decode


def read(raw: bytes) -> AssistantFile:
    """What is in such a file; ids in it are nobody's. Raises AssistantFileInvalid."""
    try:
        file = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise AssistantFileInvalid(f"This is no exported assistant: {str(error)[:200]}.") from None
    if file.version != VERSION:
        raise AssistantFileInvalid(f"The file is of version {file.version}; this server reads version {VERSION}.")
    file.assistant = msgspec.structs.replace(file.assistant, store_ids=None, file_ids=None)
    return file


def _decoded(picture: Picture) -> bytes:
    """Its bytes, as far as they can be told before anything is made. Raises AssistantFileInvalid."""
    try:
        data = base64.b64decode(picture.data, validate=True)
    except (binascii.Error, ValueError):
        raise AssistantFileInvalid("The picture isn't base64.", param="picture.data") from None
    if not data.startswith(_BEGINNINGS[picture.type]) or len(data) > MOST_PICTURE:
        raise AssistantFileInvalid(f"The picture is no {picture.type} of at most 1 MB.", param="picture.data")
    return data


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data

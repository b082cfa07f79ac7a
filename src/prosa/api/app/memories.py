"""`/api/v1/memories`: what a person wants models to know of them; off until they switch it on."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.conversations_desk import Reader, TheDesk, Writer
from prosa.api.app.documents import problems
from prosa.api.app.paths import MemoryId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, IfMatch, ListOf, Moment, bare, example
from prosa.api.app.surroundings import TheExchange
from prosa.api.app.tags import Tags
from prosa.api.scope import memory_of
from prosa.conversations import LONGEST_MEMORY, MemoryService, Wishes
from prosa.conversations import Memory as StoredMemory
from prosa.identity import Caller, Permission
from prosa.kit import moments

MEMORY = "mem_"
EXAMPLE = "mem_7b6821146d1743da97c764a12dd4ed93"
router = APIRouter(prefix="/api/v1", tags=["Memory"], route_class=AppRoute)

TheMemory = Annotated[MemoryService, Depends(memory_of)]
Person = Annotated[Caller, needs(Permission.READ_ME)]
Owner = Annotated[Caller, needs(Permission.WRITE_ME)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_MEMORY, examples=["Prefiro respostas curtas."])]


class Memory(BaseModel):
    """Something that is remembered."""

    id: str = Field(examples=[EXAMPLE])
    etag: str = Field(description="Which state this is; for `If-Match`.", examples=['"5f3a9c1e7b2d4860a1c2e3f405162738"'])
    text: str = Field(examples=["Prefiro respostas curtas."])
    created_at: Moment
    updated_at: Moment


class MemoryWish(Body):
    """What is to be remembered, in a few words."""

    model_config = example(text="Prefiro respostas curtas.")

    text: Text


class MemorySettings(BaseModel):
    """What the person chose."""

    memories: bool = Field(description="Whether models are told what is remembered.")
    titles: bool = Field(description="Whether a model gives new conversations their titles.")


class MemorySettingsChange(Body):
    """What the person chooses; what isn't named stays."""

    model_config = example(memories=True)

    memories: bool | None = None
    titles: bool | None = None


@router.get("/memories", operation_id="listMemories", responses=problems(401, 403))
async def list_memories(caller: Reader, memory: TheMemory, desk: TheDesk) -> ListOf[Memory]:
    """All that is remembered of oneself, oldest first; 100 at most."""
    tags = desk.tags(caller)
    return ListOf(data=[shown(each, tags) for each in await memory.memories(caller.space)], next_cursor=None)


@router.post("/memories", operation_id="createMemory", status_code=201, responses=problems(401, 403, 409, 413))
async def create_memory(
    caller: Writer, body: MemoryWish, memory: TheMemory, desk: TheDesk, exchange: TheExchange, response: Response
) -> Memory:
    """Have something remembered. Models are told of it once memory is switched on."""
    made, tags = await memory.add(caller.space, body.text, exchange.object_id), desk.tags(caller)
    response.headers["location"] = f"{router.prefix}/memories/{MEMORY}{made.id}"
    response.headers["etag"] = tags.of(made.id, made.version)
    return shown(made, tags)


@router.get("/memories/{memory_id}", operation_id="getMemory", responses=TAGGED | problems(401, 403, 404))
async def get_memory(caller: Reader, memory_id: MemoryId, memory: TheMemory, desk: TheDesk, response: Response) -> Memory:
    """One of them."""
    found, tags = await memory.get(caller.space, bare(memory_id, MEMORY)), desk.tags(caller)
    response.headers["etag"] = tags.of(found.id, found.version)
    return shown(found, tags)


@router.patch("/memories/{memory_id}", operation_id="changeMemory", responses=TAGGED | problems(401, 403, 404, 412, 413, 428))
async def change_memory(
    caller: Writer,
    memory_id: MemoryId,
    body: MemoryWish,
    memory: TheMemory,
    desk: TheDesk,
    if_match: IfMatch = None,
) -> Memory:
    """Say it otherwise."""
    tags, id = desk.tags(caller), bare(memory_id, MEMORY)
    before = await memory.get(caller.space, id)
    tags.demand(if_match, id, before.version)
    return shown(await memory.change(caller.space, id, body.text, tags.version(if_match, before.version)), tags)


@router.delete("/memories/{memory_id}", operation_id="deleteMemory", status_code=204, responses=problems(401, 403, 404))
async def delete_memory(caller: Writer, memory_id: MemoryId, memory: TheMemory) -> None:
    """Forget it, for good."""
    await memory.delete(caller.space, bare(memory_id, MEMORY))


@router.delete("/memories", operation_id="deleteMemories", status_code=204, responses=problems(401, 403))
async def delete_memories(caller: Writer, memory: TheMemory) -> None:
    """Forget everything, for good."""
    await memory.forget(caller.space)


@router.get("/me/memory", operation_id="getMemorySettings", responses=problems(401, 403))
async def get_settings(caller: Person, memory: TheMemory) -> MemorySettings:
    """What one has chosen: memory is off until one switches it on."""
    return _settings(await memory.wishes(caller.space))


@router.patch("/me/memory", operation_id="changeMemorySettings", responses=problems(401, 403, 413))
async def change_settings(caller: Owner, body: MemorySettingsChange, memory: TheMemory) -> MemorySettings:
    """Switch memory, or titles that a model makes, on or off."""
    chosen = {name: value for name, value in body.model_dump().items() if value is not None}
    wishes = msgspec.structs.replace(await memory.wishes(caller.space), **chosen)
    return _settings(await memory.wish(caller.space, wishes))


def _settings(wishes: Wishes) -> MemorySettings:
    return MemorySettings(memories=wishes.memories, titles=wishes.titles)


def shown(memory: StoredMemory, tags: Tags) -> Memory:
    """A memory as the API shows it."""
    return Memory(
        id=MEMORY + memory.id,
        etag=tags.of(memory.id, memory.version),
        text=memory.body,
        created_at=moments.shown(moments.stored(memory.created_at)),
        updated_at=moments.shown(moments.stored(memory.updated_at)),
    )

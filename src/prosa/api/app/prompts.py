"""`/api/v1/prompts`: the prompt library, one's own and what is there for everyone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from prosa import prompts as feature
from prosa.api.app.conversations_desk import Reader, TheDesk, Writer
from prosa.api.app.documents import problems
from prosa.api.app.paths import PromptId
from prosa.api.app.prompts_models import NewPrompt, Prompt, PromptPatch, prompt_shown, wish_of
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit, ListOf, bare
from prosa.api.app.surroundings import TheExchange
from prosa.api.scope import prompts_of
from prosa.identity import Caller, Permission
from prosa.kit import moments
from prosa.prompts import PROMPT, PromptService

router = APIRouter(prefix="/api/v1/prompts", tags=["Prompts"], route_class=AppRoute)

ThePrompts = Annotated[PromptService, Depends(prompts_of)]


class PromptQuery(Body):
    """Which prompts, and how many of them."""

    search: Annotated[str, Field(max_length=200, description="In name, command and text.")] = ""
    mine: Annotated[bool, Field(description="Only one's own.")] = False
    limit: Limit = 50
    cursor: Cursor = None


@router.get("", operation_id="listPrompts", responses=problems(401, 403))
async def list_prompts(
    caller: Reader, query: Annotated[PromptQuery, Query()], prompts: ThePrompts, desk: TheDesk
) -> ListOf[Prompt]:
    """One's own prompts and everyone's, those that were changed last first."""
    cursors = desk.cursors(caller, "prompts", query.search, str(query.mine))
    wish = feature.Query(query.limit + 1, cursors.moment(query.cursor), query.search.strip(), query.mine)
    found = await prompts.page(caller.space, wish)
    page = found[: query.limit]
    behind = (moments.stored(page[-1].updated_at), page[-1].id) if len(found) > query.limit else None
    return ListOf(data=[_shown(caller, desk, each) for each in page], next_cursor=cursors.give(behind))


@router.post("", operation_id="createPrompt", status_code=201, responses=problems(401, 403, 409, 413))
async def create_prompt(
    caller: Writer, body: NewPrompt, prompts: ThePrompts, desk: TheDesk, exchange: TheExchange, response: Response
) -> Prompt:
    """Keep a text. It is one's own until it is shared."""
    made = await prompts.create(caller, wish_of(body), exchange.object_id)
    response.headers["location"] = f"{router.prefix}/{made.shown}"
    return _tagged(caller, desk, made, response)


@router.get("/{prompt_id}", operation_id="getPrompt", responses=TAGGED | problems(401, 403, 404))
async def get_prompt(caller: Reader, prompt_id: PromptId, prompts: ThePrompts, desk: TheDesk, response: Response) -> Prompt:
    """One of them."""
    return _tagged(caller, desk, await prompts.get(caller.space, bare(prompt_id, PROMPT)), response)


@router.patch("/{prompt_id}", operation_id="changePrompt", responses=problems(401, 403, 404, 409, 412, 413, 428))
async def change_prompt(
    caller: Writer,
    prompt_id: PromptId,
    body: PromptPatch,
    prompts: ThePrompts,
    desk: TheDesk,
    if_match: IfMatch = None,
) -> Prompt:
    """Change it. What is for everyone, administrators change, whoever made it."""
    tags, id = desk.tags(caller), bare(prompt_id, PROMPT)
    before = await prompts.get(caller.space, id)
    tags.demand(if_match, id, before.version)
    changed = await prompts.change(caller, id, wish_of(body), tags.version(if_match, before.version))
    return _shown(caller, desk, changed)


@router.delete("/{prompt_id}", operation_id="deletePrompt", status_code=204, responses=problems(401, 403, 404))
async def delete_prompt(caller: Writer, prompt_id: PromptId, prompts: ThePrompts) -> None:
    """Delete it, for good."""
    await prompts.delete(caller, bare(prompt_id, PROMPT))


def _shown(caller: Caller, desk: TheDesk, prompt: feature.Prompt) -> Prompt:
    return prompt_shown(prompt, desk.tags(caller), caller.space, publishes=caller.may(Permission.PUBLISH_PROMPTS))


def _tagged(caller: Caller, desk: TheDesk, prompt: feature.Prompt, response: Response) -> Prompt:
    shown = _shown(caller, desk, prompt)
    response.headers["etag"] = shown.etag
    return shown

"""`/api/v1/assistant-tools`: which tools an assistant can have here, and why not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from prosa.answers import AnswerService, NamedServer
from prosa.api.app.assistants_desk import Reader
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.interpreter import Interpreter, Obstacle

router = APIRouter(prefix="/api/v1/assistant-tools", tags=["Assistants"], route_class=AppRoute)


class ToolHere(BaseModel):
    """A tool that the server runs, and whether it can."""

    type: Literal["file_search", "code_interpreter"]
    available: bool = Field(description="False: an assistant may have it all the same, and its model is told that it is off.")
    obstacle: Obstacle | None = Field(description="Why it is off.")
    reason: str | None = Field(description="The same for people.", examples=["it is switched off by PROSA_INTERPRETER=false."])


class ServerHere(BaseModel):
    """A tool server of the operator's."""

    label: str = Field(description="Its `server_label` in a tool of the type `mcp`.", examples=["crm"])
    description: str | None


class ToolsHere(BaseModel):
    """The tools that the server runs, and those of other servers that it calls."""

    data: list[ToolHere]
    servers: list[ServerHere]


async def interpreter_of(request: Request) -> Interpreter:
    """What runs code."""
    interpreter: Interpreter = request.app.state.parts.features.interpreter
    return interpreter


async def servers_of(request: Request) -> tuple[NamedServer, ...]:
    """The operator's tool servers."""
    answers: AnswerService = request.app.state.parts.features.answers
    return answers.named_servers


@router.get("", operation_id="listAssistantTools", responses=problems(401, 403))
async def list_tools(
    _caller: Reader,
    interpreter: Annotated[Interpreter, Depends(interpreter_of)],
    named: Annotated[tuple[NamedServer, ...], Depends(servers_of)],
) -> ToolsHere:
    """The tools that the server itself runs, and the operator's tool servers. Functions are run by programs that know them."""
    found = await interpreter.obstacle()
    obstacle, reason = found if found is not None else (None, None)
    search = ToolHere(type="file_search", available=True, obstacle=None, reason=None)
    code = ToolHere(type="code_interpreter", available=found is None, obstacle=obstacle, reason=reason)
    servers = [ServerHere(label=each.label, description=each.description) for each in named]
    return ToolsHere(data=[search, code], servers=servers)

"""Puts hostile texts wherever the app shows a text, and tells on which pages they are then seen."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.journeys.app import PASSWORD
from tests.journeys.payloads import Payload, aimed

MARK = "agulha"  # a word that each planted text begins with: a page that shows it shows the text


@dataclass(frozen=True, slots=True)
class Planter:
    """Somebody's client of a running prosa, and the listener that the texts are aimed at."""

    client: httpx2.AsyncClient
    host: str

    def text(self, payload: Payload, most: int, between: str = " ") -> str:
        """A payload as it is planted, in at most so many characters."""
        return f"{MARK}{between}{aimed(payload.text, self.host)}"[:most]

    async def send(self, path: str, body: object, verb: str = "POST") -> dict[str, Any] | None:
        """What the server made of it; None if it refuses the text."""
        answer = await self.client.request(verb, path, json=body)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.status_code in {400, 409, 422}, answer.text
            return None
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def conversation(self, title: str = MARK) -> str:
        """The id of a new conversation."""
        made = await self.send("/api/v1/conversations", {"title": title, "model": "mock"})
        assert made is not None
        return str(made["id"])

    async def say(self, conversation: str, items: Sequence[dict[str, Any]]) -> None:
        """Adds items to a conversation."""
        for begin in range(0, len(items), 20):
            made = await self.send(f"/api/v1/conversations/{conversation}/items", {"items": items[begin : begin + 20]})
            assert made is not None


Surface = Callable[[Planter, Sequence[Payload]], Awaitable[list[str]]]
"""Plants payloads, and gives the paths of the pages that show them."""


def question(text: str) -> dict[str, Any]:
    """What a person says."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def answer(text: str) -> dict[str, Any]:
    """What a model says."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text, "annotations": []}]}


async def messages(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What people and models say, as long as they like; also on a page for everybody, and as a hit of a search."""
    paths = [f"/search?q={MARK}"]
    for begin in range(0, len(payloads), 20):
        conversation = await planter.conversation()
        texts = [planter.text(each, 100_000, "\n\n") for each in payloads[begin : begin + 20]]
        await planter.say(conversation, [item(text) for text in texts for item in (question, answer)])
        shared = await planter.send(f"/api/v1/conversations/{conversation}/shares", {})
        assert shared is not None
        paths += [f"/chat/{conversation}", shared["path"], f"/shares/copy/{shared['token']}"]
    return [*paths, "/shares"]


async def steps(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What was thought, which tool was called, what with, and what it gave."""
    paths = []
    for begin in range(0, len(payloads), 12):
        conversation = await planter.conversation()
        items: list[dict[str, Any]] = [question("?")]
        for number, each in enumerate(payloads[begin : begin + 12]):
            text = planter.text(each, 5_000)
            items += [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": planter.text(each, 5_000, "\n\n")}]},
                {"type": "function_call", "call_id": f"c{number}", "name": "passo", "arguments": json.dumps({text: text})},
                {"type": "function_call_output", "call_id": f"c{number}", "output": text},
            ]
        await planter.say(conversation, [*items, answer(MARK)])
        paths.append(f"/chat/{conversation}")
    return paths


async def titles(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Titles of conversations: in the list, the page's head, the archive and the trash."""
    made = [
        found["id"]
        for each in payloads
        if (found := await planter.send("/api/v1/conversations", {"title": planter.text(each, 200), "model": "mock"}))
    ]
    for number, conversation in enumerate(made):
        if number % 4 == 1:
            await planter.send(f"/api/v1/conversations/{conversation}", {"archived": True, "pinned": False}, "PATCH")
        if number % 4 == 2:
            await planter.client.delete(f"/api/v1/conversations/{conversation}")
    shown = [f"/chat/{conversation}" for number, conversation in enumerate(made) if number % 4 == 0]
    return ["/dashboard", "/archive", "/trash", *shown[:6]]


async def labels(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Names of folders, and tags."""
    for each in payloads:
        folder = await planter.send("/api/v1/folders", {"name": planter.text(each, 100)})
        body = {"title": MARK, "model": "mock", "folder_id": folder["id"] if folder else None}
        made = await planter.send("/api/v1/conversations", body)
        assert made is not None
        edit = {"tags": [planter.text(each, 64)], "pinned": False, "archived": False}
        await planter.send(f"/api/v1/conversations/{made['id']}", edit, "PATCH")
    return ["/dashboard", f"/search?q={MARK}"]


async def memories(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What is remembered of somebody."""
    for each in payloads[:100]:
        await planter.send("/api/v1/memories", {"text": planter.text(each, 2_000)})
    return ["/profile/memory"]


async def keys(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Names of API keys, with one's own and with an administrator."""
    for each in payloads[:40]:
        body = {"name": planter.text(each, 200), "scopes": ["read"], "current_password": PASSWORD}
        await planter.send("/api/v1/keys", body)
    return ["/profile/keys", "/admin/keys"]


async def people(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Names of people, one's own too."""
    for number, each in enumerate(payloads[:60]):
        await planter.send("/api/v1/users", {"email": f"p{number}@exemplo.br", "name": planter.text(each, 100)})
    return ["/admin/people"]


async def files(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Names of files that were sent along."""
    conversation = await planter.conversation()
    for each in payloads[:40]:
        name = planter.text(each, 120).replace("/", "-").replace("\r", "").replace("\n", " ") + ".txt"
        sent = await planter.client.post(
            "/v1/files", data={"purpose": "user_data"}, files={"file": (name, b"texto", "text/plain")}
        )
        if sent.status_code == 200:
            part = {"type": "input_file", "file_id": sent.json()["id"]}
            content = [{"type": "input_text", "text": "?"}, part]
            await planter.say(conversation, [{"type": "message", "role": "user", "content": content}, answer(MARK)])
    return [f"/chat/{conversation}"]


async def models(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """Titles of models that an administrator gave, and a conversation's model."""
    for number, each in enumerate(payloads[:40]):
        body = {"name": f"outro-{number}", "title": planter.text(each, 80), "targets": [{"model": "mock"}]}
        await planter.send("/api/v1/models", body)
    made = await planter.send("/api/v1/conversations", {"title": MARK, "model": planter.text(payloads[0], 200)})
    return ["/admin/models", "/chat", *([f"/chat/{made['id']}"] if made else [])]


async def assistants(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What assistants are called and say, in their list, in the editor, and as what a version changed."""
    shown = []
    for number, each in enumerate(payloads[:60]):
        function = {"name": "passo", "description": planter.text(each, 5_000), "parameters": {planter.text(each, 500): True}}
        body = {
            "name": planter.text(each, 256),
            "description": planter.text(each, 512),
            "instructions": planter.text(each, 100_000, "\n\n"),
            "starters": [planter.text(each, 500)],
            "model": "mock",
            "tools": [{"type": "function", "function": function}],
        }
        made = await planter.send("/api/v1/assistants", body)
        if made is not None and number % 8 == 0:
            await planter.send(f"/api/v1/assistants/{made['id']}", {"instructions": planter.text(each, 9_000)}, "PATCH")
            shown += [f"/assistants/{made['id']}", f"/assistants/{made['id']}?view=versions"]
    return ["/assistants", *shown]


async def tools(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What tools were given and gave: searches and their hits, code and its output, other servers' words; sources and files."""
    paths = []
    for begin in range(0, len(payloads), 8):
        conversation = await planter.conversation()
        for each in payloads[begin : begin + 8]:
            text, name = planter.text(each, 3_000), planter.text(each, 200).replace("\n", " ")
            await planter.say(conversation, [question("?"), *_steps_of(text, name, planter.host), answer(MARK)])
        asks = {"server_label": "servidor", "name": "agir", "arguments": json.dumps({name: text})}
        await planter.say(conversation, [{"type": "mcp_approval_request", "id": f"mcpr_{begin:032x}"} | asks])
        paths.append(f"/chat/{conversation}")
    return paths


def _steps_of(text: str, name: str, host: str) -> list[dict[str, Any]]:
    hit = {"file_id": "file-1", "filename": name, "score": 0.5, "text": text, "attributes": {}}
    cited = {
        "type": "file_citation",
        "file_id": "file-1",
        "filename": name,
        "index": 3,
        "prosa": {"start": 0, "end": 9, "heading": [name]},
    }
    left = {
        "type": "container_file_citation",
        "container_id": "c",
        "file_id": "file-2",
        "filename": name,
        "start_index": 0,
        "end_index": 0,
    }
    drawn = [{"type": "image", "url": address} for address in (f"{host}/desenho.png", "javascript:window.__ran=1", "../../v1/me")]
    said = {
        "type": "output_text",
        "text": f"Veja [isto]({host}/x) e mais",
        "annotations": [cited, left, left | {"filename": f"{name}.png"}],
    }
    failed = {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": text}]}
    called = {"server_label": "servidor", "name": "ler", "arguments": json.dumps({name: text})}
    return [
        {"type": "file_search_call", "queries": [name], "status": "completed", "results": [hit]},
        {
            "type": "code_interpreter_call",
            "code": text,
            "container_id": "c",
            "status": "completed",
            "outputs": [{"type": "logs", "logs": text}, *drawn],
        },
        {"type": "message", "role": "assistant", "content": [said]},
        {"type": "mcp_list_tools", "server_label": "servidor", "tools": [], "error": text},
        {"type": "mcp_call", "error": failed, "status": "failed"} | called,
        {"type": "mcp_call", "output": text} | called,
    ]


async def prompts(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """The prompt library, and what an assistant says of itself in a new chat."""
    for each in payloads[:60]:
        await planter.send("/api/v1/prompts", {"name": planter.text(each, 120), "text": planter.text(each, 2_000)})
    paths = ["/prompts"]
    for each in payloads[:2]:
        body = {"name": planter.text(each, 200), "description": planter.text(each, 500), "starters": [planter.text(each, 400)]}
        made = await planter.send("/api/v1/assistants", body | {"model": "mock"})
        paths += [f"/chat?assistant={made['id']}"] if made else []
    return paths


async def stores(planter: Planter, payloads: Sequence[Payload]) -> list[str]:
    """What knowledge is called, and the files that it was read from."""
    shown = []
    for number, each in enumerate(payloads[:40]):
        made = await planter.send("/v1/vector_stores", {"name": planter.text(each, 200)})
        if made is not None and number % 20 == 0:
            name = planter.text(each, 120).replace("/", "-").replace("\r", "").replace("\n", " ") + ".txt"
            text = planter.text(each, 3_000).encode()
            sent = await planter.client.post(
                "/v1/files", data={"purpose": "assistants"}, files={"file": (name, text, "text/plain")}
            )
            if sent.status_code == 200:
                await planter.send(f"/v1/vector_stores/{made['id']}/files", {"file_id": sent.json()["id"]})
                shown += [f"/knowledge/{made['id']}", f"/files/{sent.json()['id']}"]
    return ["/knowledge", *shown]


SURFACES: dict[str, Surface] = {
    each.__name__: each
    for each in (messages, steps, titles, labels, memories, keys, people, files, models, assistants, tools, prompts, stores)
}

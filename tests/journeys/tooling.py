"""What stands ready in the house before somebody looks at the tools of the chat: knowledge, assistants, prompts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from prosa.identity import Account, Device
from tests.journeys.app import App

BURROS = "# Burros\n\nO burro carrega a lenha. O dono do burro chama-se Anselmo.\n"
PATIENCE = 60.0


class Desk:
    """Somebody's programs."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def send(self, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        """A call that succeeds."""
        answer = await self.client.request(method, path, json=body)
        assert answer.is_success, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def store(self, name: str, **files: str) -> str:
        """A vector store's id: its files are read."""
        ids = []
        for title, text in files.items():
            form = {"file": (f"{title}.md", text.encode(), "text/markdown")}
            made = await self.client.post("/v1/files", data={"purpose": "assistants"}, files=form)
            ids.append(made.json()["id"])
        store = await self.send("/v1/vector_stores", {"name": name, "file_ids": ids})
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.send(f"/v1/vector_stores/{store['id']}", method="GET")
                if not found["file_counts"]["in_progress"]:
                    return str(store["id"])
                await asyncio.sleep(0.05)

    async def assistant(self, **fields: Any) -> str:
        """An assistant's id."""
        return str((await self.send("/api/v1/assistants", {"model": "mock"} | fields))["id"])

    async def conversation(self, **fields: Any) -> str:
        """A conversation's id."""
        return str((await self.send("/api/v1/conversations", {"title": "Ferramentas", "model": "mock"} | fields))["id"])

    async def ask(self, conversation: str, question: str, **fields: Any) -> None:
        """A question, answered."""
        answer = await self.client.post(f"/api/v1/conversations/{conversation}/answers", json={"input": question} | fields)
        assert answer.is_success, answer.text


@asynccontextmanager
async def desk_of(place: App, who: Account) -> AsyncIterator[Desk]:
    """Their programs, signed in as they are."""
    _, token = await place.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "tests"))
    headers = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1", "If-Match": "*"}
    async with httpx2.AsyncClient(base_url=place.base, headers=headers, timeout=PATIENCE) as client:
        yield Desk(client)


def calling(text: str, *calls: tuple[str, dict[str, Any]], said: str = "") -> str:
    """A question upon which the mock calls these tools, and then says something; nothing: what they gave."""
    told = json.dumps([{"name": name, "arguments": arguments} for name, arguments in calls], ensure_ascii=False)
    words = f" text={json.dumps(said, ensure_ascii=False)}" if said else ""
    return f"{text} [[mock tool_calls={told} rounds=1{words}]]"

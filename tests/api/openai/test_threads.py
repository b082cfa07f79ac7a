"""`/v1/threads` and its messages as OpenAI had them: through the official SDK, and by hand, each body judged strictly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest
from openai.types.beta import Thread, ThreadDeleted
from openai.types.beta.threads import Message, MessageDeleted

from prosa.conversations import Margin, naming, with_margin
from prosa.drivers.journal import Statement
from prosa.identity import Scope
from tests.answers.sdk_types import check_as
from tests.api.app.house import house
from tests.serving import Running, running

pytestmark = pytest.mark.filterwarnings("ignore:The Assistants API is deprecated:DeprecationWarning")
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
NOBODYS = "0123456789abcdef0123456789abcdef"
UNKNOWN = f"thread_{NOBODYS}"


@dataclass
class Desk:
    """A running prosa, and who calls it."""

    prosa: Running
    http: httpx2.AsyncClient
    sdk: openai.AsyncOpenAI

    async def thread(self, **fields: Any) -> dict[str, Any]:
        """A new thread, judged by the SDK's type."""
        return judged(await self.http.post("/threads", json=fields), Thread)

    async def say(self, thread: dict[str, Any], content: Any, role: str = "user", **fields: Any) -> dict[str, Any]:
        """A new message, likewise."""
        body = {"role": role, "content": content} | fields
        return judged(await self.http.post(f"/threads/{thread['id']}/messages", json=body), Message)

    async def file(self, name: str = "a.txt", content: bytes = b"of burros and mulas") -> str:
        """The id of an uploaded file."""
        sent = {"file": (name, content)}
        answer = await self.http.post("/files", files=sent, data={"purpose": "assistants"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running(QUIET) as prosa:
        base = f"{prosa.base}/v1"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=30) as http,
            openai.AsyncOpenAI(base_url=base, api_key="sk-any", max_retries=0) as sdk,
        ):
            yield Desk(prosa, http, sdk)


def judged(answer: httpx2.Response, model: type[Thread] | type[Message]) -> dict[str, Any]:
    """A body that is strictly of the SDK's type, with all its members."""
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    model.model_validate_json(answer.content, strict=True)
    check_as(body, model)
    assert set(body) == set(model.model_fields)
    return body


def refusal(answer: httpx2.Response) -> tuple[int, str, str | None]:
    """Status, code and field of an error in OpenAI's form."""
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["type"] == "invalid_request_error"
    return answer.status_code, error["code"], error["param"]


@pytest.mark.contract("A68")
async def test_a_thread_begins_without_a_body_and_keeps_what_is_said(desk: Desk) -> None:
    """As the older application asks: no body at all, or an empty object; then the newest message first."""
    headers = {"Content-Type": "application/json", "OpenAI-Beta": "assistants=v2"}
    for sent in (b"", b"{}", b"null"):
        made = judged(await desk.http.post("/threads", headers=headers, content=sent), Thread)
        assert (made["metadata"], made["tool_resources"]) == ({}, {})
    for text in ("um", "dois"):
        await desk.say(made, text)
    answer = (await desk.http.get(f"/threads/{made['id']}/messages")).json()
    assert [each["content"][0]["text"]["value"] for each in answer["data"]] == ["dois", "um"]
    assert answer["data"][0]["role"] == "user" and (answer["object"], answer["has_more"]) == ("list", False)
    assert (answer["first_id"], answer["last_id"]) == (answer["data"][0]["id"], answer["data"][1]["id"])
    empty = (await desk.http.get(f"/threads/{(await desk.thread())['id']}/messages")).json()
    assert empty == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


async def test_the_sdk_makes_reads_changes_and_deletes_threads_and_messages(desk: Desk) -> None:
    threads = desk.sdk.beta.threads
    first = {"role": "user", "content": "um", "metadata": {"n": "1"}}
    made = await threads.create(messages=[first, {"role": "assistant", "content": "dois"}], metadata={"topic": "burros"})  # type: ignore[list-item]  # a plain dict
    assert made.id.startswith("thread_") and made.metadata == {"topic": "burros"}
    assert await threads.retrieve(made.id) == made
    third = await threads.messages.create(made.id, role="user", content=[{"type": "text", "text": "três"}])
    assert (await threads.messages.list(made.id, limit=1)).data[0].id == third.id
    listed = [each async for each in threads.messages.list(made.id, limit=2, order="asc")]
    assert [(each.role, each.metadata) for each in listed] == [("user", {"n": "1"}), ("assistant", {}), ("user", {})]
    before = await threads.messages.list(made.id, before=listed[0].id, limit=1)
    assert [each.id for each in before.data] == [listed[1].id] and before.has_more
    noted = await threads.messages.update(third.id, thread_id=made.id, metadata={"a": "b"})
    assert noted.metadata == {"a": "b"} and await threads.messages.retrieve(third.id, thread_id=made.id) == noted
    gone = await threads.messages.delete(third.id, thread_id=made.id)
    assert gone == MessageDeleted(id=third.id, deleted=True, object="thread.message.deleted")
    assert [each.id async for each in threads.messages.list(made.id, order="asc")] == [each.id for each in listed[:2]]
    changed = await threads.update(made.id, metadata=None)
    assert changed.metadata == {} and changed.created_at == made.created_at
    assert await threads.delete(made.id) == ThreadDeleted(id=made.id, deleted=True, object="thread.deleted")
    with pytest.raises(openai.NotFoundError) as refused:
        await threads.messages.list(made.id)
    assert refused.value.body == {
        "message": f"No thread found with id '{made.id}'.",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }


async def test_a_thread_is_a_conversation(desk: Desk) -> None:
    """The same object in Conversations: what is said on one side is heard on the other, and nothing of the margin is shown."""
    file = await desk.file()
    made = await desk.thread(messages=[{"role": "user", "content": "um", "metadata": {"secret": "margem"}}], metadata={"a": "b"})
    await desk.say(made, "dois", attachments=[{"file_id": file, "tools": []}])
    conversation = made["id"].replace("thread_", "conv_")
    told = (await desk.http.get(f"/conversations/{conversation}")).json()
    assert (told["metadata"], told["created_at"]) == ({"a": "b"}, made["created_at"])
    items = (await desk.http.get(f"/conversations/{conversation}/items", params={"order": "asc"})).json()["data"]
    assert [set(each) for each in items] == [{"id", "type", "role", "content", "status"}] * 2
    answer = await desk.http.post(
        "/responses",
        json={"model": "mock-echo", "conversation": conversation, "input": [{"type": "item_reference", "id": items[0]["id"]}]},
    )
    assert answer.json()["output"][0]["content"][0]["text"] == "um"
    messages = (await desk.http.get(f"/threads/{made['id']}/messages", params={"order": "asc"})).json()["data"]
    assert [each["content"][0]["text"]["value"] for each in messages] == ["um", "dois", "um", "um"]
    assert [each["metadata"] for each in messages] == [{"secret": "margem"}, {}, {}, {}]
    last = messages[-1]
    assert (last["role"], last["run_id"], last["assistant_id"]) == (
        "assistant",
        answer.json()["id"].replace("resp_", "run_"),
        None,
    )
    of_run = (await desk.http.get(f"/threads/{made['id']}/messages", params={"run_id": last["run_id"]})).json()["data"]
    assert of_run == [last]


async def test_files_beside_messages_reach_the_tools(desk: Desk) -> None:
    one, two = await desk.file("a.txt"), await desk.file("b.txt")
    both = [{"type": "file_search"}, {"type": "code_interpreter"}]
    made = await desk.thread(messages=[{"role": "user", "content": "veja", "attachments": [{"file_id": one, "tools": both}]}])
    [store] = made["tool_resources"]["file_search"]["vector_store_ids"]
    assert made["tool_resources"]["code_interpreter"] == {"file_ids": [one]}
    said = await desk.say(made, "e esta", attachments=[{"file_id": two, "tools": both}, {"file_id": one}])
    assert said["attachments"] == [{"file_id": two, "tools": both}, {"file_id": one, "tools": []}]
    found = judged(await desk.http.get(f"/threads/{made['id']}"), Thread)
    assert found["tool_resources"] == {
        "file_search": {"vector_store_ids": [store]},
        "code_interpreter": {"file_ids": [one, two]},
    }
    files = (await desk.http.get(f"/vector_stores/{store}/files")).json()["data"]
    assert {each["id"] for each in files} == {one, two}
    assert (await desk.http.get(f"/vector_stores/{store}")).json()["expires_after"] == {"anchor": "last_active_at", "days": 7}
    await desk.http.delete(f"/conversations/{made['id'].replace('thread_', 'conv_')}")  # by whichever door it goes
    assert (await desk.http.get(f"/vector_stores/{store}")).status_code == 404
    assert (await desk.http.get(f"/files/{one}")).status_code == 200


async def test_files_that_come_at_once_are_all_there_in_one_store(desk: Desk) -> None:
    files = [await desk.file(f"{number}.txt") for number in range(6)]
    both = [{"type": "file_search"}, {"type": "code_interpreter"}]
    made = await desk.thread()
    await asyncio.gather(*(desk.say(made, "veja", attachments=[{"file_id": file, "tools": both}]) for file in files))
    found = judged(await desk.http.get(f"/threads/{made['id']}"), Thread)["tool_resources"]
    assert sorted(found["code_interpreter"]["file_ids"]) == sorted(files)
    [store] = found["file_search"]["vector_store_ids"]
    assert {each["id"] for each in (await desk.http.get(f"/vector_stores/{store}/files")).json()["data"]} == set(files)
    assert (await desk.http.delete(f"/vector_stores/{store}")).status_code == 200
    await desk.say(made, "de novo", attachments=[{"file_id": files[0], "tools": both}])
    [other] = judged(await desk.http.get(f"/threads/{made['id']}"), Thread)["tool_resources"]["file_search"]["vector_store_ids"]
    assert other != store


async def test_a_change_of_resources_names_what_it_changes(desk: Desk) -> None:
    file = await desk.file()
    store = (await desk.http.post("/vector_stores", json={"name": "x"})).json()["id"]
    made = await desk.thread(
        tool_resources={"code_interpreter": {"file_ids": [file]}, "file_search": {"vector_stores": [{"file_ids": [file]}]}}
    )
    assert made["tool_resources"]["code_interpreter"] == {"file_ids": [file]}
    [inline] = made["tool_resources"]["file_search"]["vector_store_ids"]
    path = f"/threads/{made['id']}"
    changed = judged(await desk.http.post(path, json={"tool_resources": {"file_search": {"vector_store_ids": [store]}}}), Thread)
    assert inline != store and changed["tool_resources"] == {
        "file_search": {"vector_store_ids": [store]},
        "code_interpreter": {"file_ids": [file]},
    }
    assert judged(await desk.http.post(path, content=b""), Thread) == changed
    assert judged(await desk.http.post(path, json={"tool_resources": {"code_interpreter": None}}), Thread)["tool_resources"] == {
        "file_search": {"vector_store_ids": [store]}
    }
    assert judged(await desk.http.post(path, json={"tool_resources": None}), Thread)["tool_resources"] == {}


TEXTS = [{"type": "text", "text": "a"}]
WRONG: list[tuple[dict[str, Any], tuple[int, str, str | None]]] = [
    ({"content": "a"}, (400, "missing_required_parameter", "role")),
    ({"role": "system", "content": "a"}, (400, "invalid_value", "role")),
    ({"role": "user"}, (400, "missing_required_parameter", "content")),
    ({"role": "user", "content": ""}, (400, "invalid_value", "content")),
    ({"role": "user", "content": []}, (400, "invalid_value", "content")),
    ({"role": "user", "content": "a" * 256_001}, (400, "invalid_value", "content")),
    ({"role": "user", "content": [{"type": "sound"}]}, (400, "invalid_value", "content[0]")),
    ({"role": "user", "content": "a", "metadata": {"k" * 65: "v"}}, (400, "invalid_value", "metadata")),
    ({"role": "user", "content": "a", "metadata": {"k": "v" * 513}}, (400, "invalid_value", "metadata")),
    ({"role": "user", "content": "a", "metadata": {f"k{n}": "v" for n in range(17)}}, (400, "invalid_value", "metadata")),
    ({"role": "user", "content": "a", "extra": 1}, (400, "unknown_parameter", "extra")),
    (
        {"role": "user", "content": "a", "attachments": [{"file_id": f"file-{NOBODYS}"}]},
        (404, "not_found", "attachments[0].file_id"),
    ),
    (
        {"role": "user", "content": [*TEXTS, {"type": "image_file", "image_file": {"file_id": "../../etc"}}]},
        (404, "not_found", "content[1].image_file.file_id"),
    ),
    (
        {"role": "user", "content": "a", "attachments": [{"file_id": "x", "tools": [{"type": "function"}]}]},
        (400, "invalid_value", "attachments[0].tools[0].type"),
    ),
]


async def test_what_cannot_be_said_is_refused_by_its_field_and_leaves_nothing(desk: Desk) -> None:
    made = await desk.thread()
    for body, told in WRONG:
        answer = await desk.http.post(f"/threads/{made['id']}/messages", json=body)
        status, code, param = refusal(answer)
        assert (status, code) == told[:2] and (param or "").startswith(told[2] or ""), (body, answer.text)
        status, code, param = refusal(
            await desk.http.post("/threads", json={"messages": [{"role": "user", "content": "a"}, body]})
        )
        assert (status, code) == told[:2] and (param or "").startswith(f"messages[1].{told[2]}"), (body, param)
    for resources, refused in (
        ({"file_search": {"vector_store_ids": [f"vs_{NOBODYS}"]}}, (404, "not_found")),
        ({"file_search": {"vector_store_ids": ["vs_x", "vs_y"]}}, (400, "invalid_value")),
        ({"file_search": {"vector_store_ids": [f"vs_{NOBODYS}"], "vector_stores": [{}]}}, (400, "invalid_value")),
        ({"code_interpreter": {"file_ids": [f"file-{NOBODYS}"]}}, (404, "not_found")),
        ({"code_interpreter": {"file_ids": [f"file-{NOBODYS}"] * 21}}, (400, "invalid_value")),
    ):
        assert refusal(await desk.http.post("/threads", json={"tool_resources": resources}))[:2] == refused, resources
    assert (await desk.http.get(f"/threads/{made['id']}/messages")).json()["data"] == []
    [[threads]] = await desk.prosa.system.people.database.fetch("SELECT count(*) FROM conversations")
    assert threads == 1
    for query in ({"limit": "0"}, {"limit": "101"}, {"order": "up"}):
        assert refusal(await desk.http.get(f"/threads/{made['id']}/messages", params=query))[:2] == (400, "invalid_value")
    assert refusal(await desk.http.get(f"/threads/{made['id']}/messages", params={"after": f"msg_{NOBODYS}"})) == (
        404,
        "not_found",
        "after",
    )


async def test_while_a_run_is_at_work_nothing_is_added(desk: Desk) -> None:
    made = await desk.thread()
    slow = {"model": "mock", "conversation": made["id"].replace("thread_", "conv_"), "background": True}
    run = (await desk.http.post("/responses", json=slow | {"input": "[[mock delay=30]]"})).json()["id"].replace("resp_", "run_")
    answer = await desk.http.post(f"/threads/{made['id']}/messages", json={"role": "user", "content": "a"})
    assert refusal(answer) == (400, "thread_locked", None)
    assert answer.json()["error"]["message"] == f"Can't add messages to {made['id']} while a run {run} is active."
    await desk.http.post(f"/responses/{run.replace('run_', 'resp_')}/cancel")
    await desk.say(made, "a")
    assert judged(await desk.http.post(f"/threads/{made['id']}", json={"metadata": {"x": "y"}}), Thread)["metadata"] == {"x": "y"}
    assert (await desk.http.delete(f"/threads/{made['id']}")).json() == {
        "id": made["id"],
        "object": "thread.deleted",
        "deleted": True,
    }


async def test_a_repeated_request_adds_one_message(desk: Desk) -> None:
    headers = {"Idempotency-Key": "only-once"}
    first = await desk.http.post("/threads", json={"messages": [{"role": "user", "content": "a"}]}, headers=headers)
    again = await desk.http.post("/threads", json={"messages": [{"role": "user", "content": "a"}]}, headers=headers)
    assert first.json() == again.json()
    path = f"/threads/{first.json()['id']}/messages"
    sent = {"role": "user", "content": "b"}
    twice = await asyncio.gather(*(desk.http.post(path, json=sent, headers={"Idempotency-Key": "b"}) for _ in range(3)))
    assert {each.json()["id"] for each in twice if each.status_code == 200} and len(
        (await desk.http.get(path)).json()["data"]
    ) == 2


async def test_what_came_from_elsewhere_keeps_its_ids(desk: Desk) -> None:
    made = await desk.thread(messages=[{"role": "user", "content": "um"}, {"role": "user", "content": "dois"}])
    people = desk.prosa.system.people
    id = made["id"].removeprefix("thread_")
    [[space, item, body], *_] = await people.database.fetch(
        "SELECT space, id, body FROM items WHERE conversation_id = $1 ORDER BY number", id
    )
    named = with_margin(str(body).encode(), Margin(name="msg_AbCd1234"))
    rename = Statement("UPDATE items SET body = $2 WHERE id = $1")
    parts = (naming(str(space), "thread", "thread_AbCd1234", id), naming(str(space), "message", "msg_AbCd1234", str(item)))
    await people.journal.append_all((*parts, (rename, (item, named.decode()))))
    assert judged(await desk.http.get("/threads/thread_AbCd1234"), Thread) == made | {"id": "thread_AbCd1234"}
    first = judged(await desk.http.get("/threads/thread_AbCd1234/messages/msg_AbCd1234"), Message)
    assert (first["id"], first["thread_id"]) == ("msg_AbCd1234", "thread_AbCd1234")
    page = (await desk.http.get("/threads/thread_AbCd1234/messages", params={"order": "asc", "after": "msg_AbCd1234"})).json()
    assert [each["content"][0]["text"]["value"] for each in page["data"]] == ["dois"]
    said = await desk.http.post("/threads/thread_AbCd1234/messages/msg_AbCd1234", json={"metadata": {"a": "b"}})
    assert judged(said, Message) == first | {"metadata": {"a": "b"}}
    for wrong in ("thread_AbCd", "msg_AbCd1234", "thread_" + "a" * 300):
        assert (await desk.http.get(f"/threads/{wrong}")).status_code == 404


@pytest.mark.attack("A2", "A4")
async def test_nobody_reaches_what_is_anothers_through_a_thread() -> None:
    """Another's thread, message, file and store are not there, whatever names them."""
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        hers, mine = [await home.program(await home.key(each, Scope.READ, Scope.WRITE)) for each in (ana, bia)]
        file = (await hers.post("/v1/files", files={"file": ("a.txt", b"x")}, data={"purpose": "assistants"})).json()["id"]
        store = (await hers.post("/v1/vector_stores", json={})).json()["id"]
        thread = (await hers.post("/v1/threads", json={"messages": [{"role": "user", "content": "a"}]})).json()["id"]
        message = (await hers.get(f"/v1/threads/{thread}/messages")).json()["first_id"]
        own = (await mine.post("/v1/threads", json={})).json()["id"]
        for path in (f"/v1/threads/{own}/messages/{message}", f"/v1/threads/{thread}/messages/{message}"):
            for answer in (await mine.get(path), await mine.delete(path), await mine.post(path, json={"metadata": {}})):
                assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"
        for body in (
            {"tool_resources": {"file_search": {"vector_store_ids": [store]}}},
            {"tool_resources": {"code_interpreter": {"file_ids": [file]}}},
            {"tool_resources": {"file_search": {"vector_stores": [{"file_ids": [file]}]}}},
            {
                "messages": [
                    {"role": "user", "content": "a", "attachments": [{"file_id": file, "tools": [{"type": "file_search"}]}]}
                ]
            },
            {"messages": [{"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": file}}]}]},
        ):
            assert (await mine.post("/v1/threads", json=body)).status_code == 404, body
            if "tool_resources" in body and "vector_stores" not in str(body):
                assert (await mine.post(f"/v1/threads/{own}", json=body)).status_code == 404, body
        assert (await mine.get(f"/v1/threads/{own}")).json()["tool_resources"] == {}
        assert [(await mine.get(f"/v1/threads/{id}")).status_code for id in (thread, UNKNOWN, "thread_", "asst_x", "%00")] == [
            404
        ] * 5

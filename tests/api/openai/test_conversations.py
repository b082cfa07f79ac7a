"""`/v1/conversations` as OpenAI has it: through the official SDK, and by hand, each body judged strictly by the SDK's types."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest
from openai.types.conversations import Conversation, ConversationDeletedResource, ConversationItem, ConversationItemList
from pydantic import TypeAdapter

from prosa.identity import OPERATOR, Scope
from tests.api.app.house import house
from tests.serving import Running, running

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
MESSAGE = {"role": "user", "content": "Olá!"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
NOBODYS = "0123456789abcdef0123456789abcdef"
ITEM: TypeAdapter[Any] = TypeAdapter(ConversationItem)


@dataclass
class Desk:
    """A running prosa, and who calls it."""

    prosa: Running
    http: httpx2.AsyncClient
    sdk: openai.AsyncOpenAI

    async def made(self, *items: Mapping[str, object], **fields: object) -> str:
        """A new conversation's id."""
        answer = await self.http.post("/conversations", json={"items": [*items]} | fields)
        assert answer.status_code == 200, answer.text
        return str(Conversation.model_validate_json(answer.content, strict=True).id)

    async def items(self, id: str, **query: object) -> ConversationItemList:
        """A page of its items."""
        answer = await self.http.get(f"/conversations/{id}/items", params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        for item in answer.json()["data"]:
            ITEM.validate_python(item)
        return ConversationItemList.model_validate_json(answer.content, strict=True)

    async def texts(self, id: str, **query: object) -> list[str]:
        """Its messages' words."""
        return [item.content[0].text for item in (await self.items(id, **query)).data]  # type: ignore[union-attr, index]  # messages


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running(QUIET) as prosa:
        base = f"{prosa.base}/v1"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=30) as http,
            openai.AsyncOpenAI(base_url=base, api_key="sk-any", max_retries=0) as sdk,
        ):
            yield Desk(prosa, http, sdk)


def refusal(answer: httpx2.Response) -> tuple[int, str, str | None]:
    """Status, code and field of an error in OpenAI's form."""
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["type"] == "invalid_request_error"
    return answer.status_code, error["code"], error["param"]


async def test_the_sdk_makes_reads_changes_and_deletes_a_conversation(desk: Desk) -> None:
    conversations = desk.sdk.conversations
    made = await conversations.create(items=[{"role": "user", "content": "Olá!"}], metadata={"topic": "burros"})
    assert made.id.startswith("conv_") and made.object == "conversation" and made.metadata == {"topic": "burros"}
    assert (await conversations.retrieve(made.id)) == made
    changed = await conversations.update(made.id, metadata={"topic": "mulas"})
    assert changed.metadata == {"topic": "mulas"} and changed.created_at == made.created_at
    assert (await conversations.update(made.id, metadata=None)).metadata == {}
    gone = await conversations.delete(made.id)
    assert (gone.id, gone.deleted, gone.object) == (made.id, True, "conversation.deleted")
    with pytest.raises(openai.NotFoundError):
        await conversations.retrieve(made.id)


async def test_the_sdk_adds_lists_reads_and_deletes_items(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create()
    items = desk.sdk.conversations.items
    added = await items.create(
        conversation.id,
        items=[
            {"role": "user", "content": "Wie ist das Wetter?"},
            {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "sonnig"},
        ],
        include=["message.output_text.logprobs"],
    )
    assert [item.type for item in added.data] == ["message", "function_call", "function_call_output"]
    assert [str(item.id).partition("_")[0] for item in added.data] == ["msg", "fc", "fco"]
    assert (added.first_id, added.last_id, added.has_more) == (added.data[0].id, added.data[2].id, False)
    listed = [item async for item in items.list(conversation.id, limit=2, order="asc")]
    assert [item.id for item in listed] == [item.id for item in added.data]
    one = await items.retrieve(str(added.data[1].id), conversation_id=conversation.id)
    assert one == added.data[1]
    assert (await items.delete(str(added.data[1].id), conversation_id=conversation.id)).id == conversation.id
    assert [item.type async for item in items.list(conversation.id)] == ["function_call_output", "message"]


async def test_the_synchronous_sdk_does_the_same(desk: Desk) -> None:
    def talk() -> list[str]:
        with openai.OpenAI(base_url=f"{desk.prosa.base}/v1", api_key="sk-any", max_retries=0) as sdk:
            made = sdk.conversations.create(items=[{"role": "user", "content": "eins"}])
            sdk.conversations.items.create(made.id, items=[{"role": "assistant", "content": "zwei"}])
            found = [item.role for item in sdk.conversations.items.list(made.id, limit=1)]  # type: ignore[union-attr]  # messages
            sdk.conversations.delete(made.id)
            return found

    assert await asyncio.to_thread(talk) == ["assistant", "user"]


async def test_every_kind_of_item_is_given_back_as_the_sdk_s_types_want_it(desk: Desk) -> None:
    picture = "data:image/png;base64,iVBORw0KGgo="
    given: list[Mapping[str, object]] = [
        MESSAGE,
        {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
        {"role": "user", "content": [{"type": "input_image", "image_url": picture}, {"type": "input_text", "text": "?"}]},
        {"role": "assistant", "content": "A horse."},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Or not.", "annotations": []}], "id": "msg_theirs"},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": "abc"},
        CALL,
        OUTPUT,
    ]
    id = await desk.made()
    answer = await desk.http.post(f"/conversations/{id}/items", json={"items": given})
    ConversationItemList.model_validate_json(answer.content, strict=True)
    plain = answer.json()["data"]
    assert "image_url" not in plain[2]["content"][0] and "encrypted_content" not in plain[5]
    assert all(item["status"] == "completed" for item in plain if item["type"] != "reasoning")
    assert "msg_theirs" not in answer.text
    query = {"order": "asc", "include[]": ["message.input_image.image_url", "reasoning.encrypted_content"]}
    full = (await desk.http.get(f"/conversations/{id}/items", params=query)).json()["data"]
    assert full[2]["content"][0]["image_url"] == picture and full[5]["encrypted_content"] == "abc"
    assert [item["id"] for item in full] == [item["id"] for item in plain]
    one = await desk.http.get(f"/conversations/{id}/items/{full[5]['id']}", params={"include": "reasoning.encrypted_content"})
    assert one.json() == full[5]


async def test_an_item_reference_stands_for_what_it_names(desk: Desk) -> None:
    first = await desk.made(MESSAGE)
    item = (await desk.items(first)).data[0]
    second = await desk.made({"type": "item_reference", "id": item.id})
    assert await desk.texts(second) == ["Olá!"]
    assert (await desk.items(second)).data[0].id != item.id
    missing = await desk.http.post("/conversations", json={"items": [{"type": "item_reference", "id": f"msg_{NOBODYS}"}]})
    assert refusal(missing) == (404, "not_found", "items[0].id")


async def test_pages_follow_each_other_in_both_orders(desk: Desk) -> None:
    id = await desk.made(*({"role": "user", "content": str(number)} for number in range(5)))
    assert await desk.texts(id) == list("43210")
    assert await desk.texts(id, order="asc", limit=2) == list("01")
    page = await desk.items(id, order="asc", limit=2)
    assert page.has_more
    assert await desk.texts(id, order="asc", limit=3, after=page.last_id) == list("234")
    assert not (await desk.items(id, order="asc", limit=3, after=page.last_id)).has_more
    assert await desk.texts(id, limit=2, after=page.last_id) == list("0")
    empty = await desk.items(id, after=page.first_id)
    assert (empty.data, empty.first_id, empty.last_id, empty.has_more) == ([], "", "", False)
    unknown = await desk.http.get(f"/conversations/{id}/items", params={"after": f"msg_{NOBODYS}"})
    assert refusal(unknown) == (404, "not_found", "after")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"metadata": {str(number): "" for number in range(17)}}, ("invalid_value", "metadata")),
        ({"metadata": {"k" * 65: ""}}, ("invalid_value", "metadata")),
        ({"metadata": {"k": "v" * 513}}, ("invalid_value", "metadata")),
        ({"metadata": {"k": 1}}, ("invalid_type", "metadata")),
        ({"items": [MESSAGE] * 21}, ("invalid_value", "items")),
        ({"items": "hello"}, ("invalid_type", "items")),
        ({"items": [{"role": "user"}]}, ("missing_required_parameter", "items[0].content")),
        ({"items": [MESSAGE, {"type": "unheard_of"}]}, ("invalid_value", "items[1].type")),
        (
            {"items": [{"role": "user", "content": [{"type": "input_text"}]}]},
            ("missing_required_parameter", "items[0].content[0].text"),
        ),
        ({"title": "x"}, ("unknown_parameter", "title")),
        ([], ("invalid_type", None)),
    ],
)
async def test_a_wrong_body_is_refused_and_its_field_named(desk: Desk, body: object, wrong: tuple[str, str | None]) -> None:
    status, code, param = refusal(await desk.http.post("/conversations", json=body))
    assert (status, code) == (400, wrong[0])
    assert param == wrong[1]
    assert await desk.prosa.system.people.database.fetch("SELECT count(*) FROM conversations") == [(0,)]


async def test_wrong_values_in_the_address_are_named(desk: Desk) -> None:
    id = await desk.made(MESSAGE)
    for query, param in (({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"order": "up"}, "order")):
        assert refusal(await desk.http.get(f"/conversations/{id}/items", params=query)) == (400, "invalid_value", param)
    assert refusal(await desk.http.get(f"/conversations/{id}/items", params={"include[]": "all"}))[:2] == (400, "invalid_value")
    assert refusal(await desk.http.post(f"/conversations/{id}", json={})) == (400, "missing_required_parameter", "metadata")
    assert refusal(await desk.http.post(f"/conversations/{id}/items", json={"items": []}))[:2] == (400, "invalid_value")
    assert refusal(await desk.http.post(f"/conversations/{id}/items", content=b"{")) == (400, "invalid_request", None)
    assert refusal(await desk.http.post(f"/conversations/{id}/items", content=b"[" * 500 + b"]" * 500))[:2] == (
        400,
        "invalid_request",
    )


async def test_what_is_not_there_reads_the_same_whatever_its_id(desk: Desk) -> None:
    id = await desk.made(MESSAGE)
    item = (await desk.items(id)).data[0].id
    conversations = (f"conv_{NOBODYS}", "conv_", "nonsense", id.removeprefix("conv_"), "conv_" + "é" * 32)
    bodies = {(await desk.http.get(f"/conversations/{wrong}")).content for wrong in conversations}
    bodies |= {(await desk.http.delete(f"/conversations/{wrong}")).content for wrong in conversations}
    bodies |= {(await desk.http.get(f"/conversations/{wrong}/items/{item}")).content for wrong in conversations}
    bodies |= {
        (await desk.http.post(f"/conversations/{wrong}/items", json={"items": [MESSAGE]})).content for wrong in conversations
    }
    assert len(bodies) == 1
    bare = str(item).removeprefix("msg_")
    answers = [await desk.http.get(f"/conversations/{id}/items/{wrong}") for wrong in (f"msg_{NOBODYS}", "x", bare, f"fc_{bare}")]
    assert len({answer.content for answer in answers}) == 1 and {answer.status_code for answer in answers} == {404}
    assert (await desk.http.delete(f"/conversations/{id}/items/fc_{bare}")).status_code == 404
    assert await desk.texts(id) == ["Olá!"]


async def test_an_empty_body_makes_an_empty_conversation(desk: Desk) -> None:
    answer = await desk.http.post("/conversations")
    made = Conversation.model_validate_json(answer.content, strict=True)
    assert made.metadata == {} and (await desk.items(made.id)).data == []
    assert set(answer.json()) == {"id", "object", "created_at", "metadata"}


async def test_an_outdated_change_is_refused_where_the_caller_asks_for_that(desk: Desk) -> None:
    id = await desk.made(metadata={"a": "1"})
    tag = (await desk.http.get(f"/conversations/{id}")).headers["etag"]
    first = await desk.http.post(f"/conversations/{id}", json={"metadata": {"a": "2"}}, headers={"If-Match": tag})
    assert first.status_code == 200 and first.headers["etag"] != tag
    second = await desk.http.post(f"/conversations/{id}", json={"metadata": {"a": "3"}}, headers={"If-Match": tag})
    assert refusal(second) == (412, "edit_conflict", None)
    assert (await desk.http.get(f"/conversations/{id}")).json()["metadata"] == {"a": "2"}
    for odd in ('"what"', "1, 2"):
        assert (await desk.http.post(f"/conversations/{id}", json={"metadata": {}}, headers={"If-Match": odd})).status_code in (
            400,
            412,
        )


async def test_deleting_answers_in_openai_s_form_and_leaves_nothing(desk: Desk) -> None:
    id = await desk.made(MESSAGE, MESSAGE)
    answer = await desk.http.delete(f"/conversations/{id}")
    ConversationDeletedResource.model_validate_json(answer.content, strict=True)
    assert (await desk.http.delete(f"/conversations/{id}")).status_code == 404
    for table in ("conversations", "items"):
        assert await desk.prosa.system.people.database.fetch(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_the_same_key_makes_one_conversation_and_adds_once(desk: Desk) -> None:
    made = await asyncio.gather(
        *(desk.http.post("/conversations", json={"items": [MESSAGE]}, headers={"Idempotency-Key": "one"}) for _ in range(3))
    )
    ids = {answer.json()["id"] for answer in made if answer.status_code == 200}
    assert len(ids) == 1
    id = ids.pop()
    again = await desk.http.post("/conversations", json={"items": [MESSAGE]}, headers={"Idempotency-Key": "one"})
    assert again.json()["id"] == id
    for _ in range(2):
        added = await desk.http.post(f"/conversations/{id}/items", json={"items": [MESSAGE]}, headers={"Idempotency-Key": "two"})
        assert added.status_code == 200
    assert len((await desk.items(id)).data) == 2


@pytest.mark.attack("A16")
async def test_what_a_person_said_goes_with_their_account() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        for person in (ana, bia):
            program = await home.program(await home.key(person, Scope.READ, Scope.WRITE))
            assert (await program.post("/v1/conversations", json={"items": [MESSAGE]})).status_code == 200
        await home.prosa.system.people.identity.accounts.delete(OPERATOR, ana.account.id)
        database = home.prosa.system.people.database
        for table in ("conversations", "items"):
            assert await database.fetch(f"SELECT space FROM {table}") == [(bia.account.id,)]

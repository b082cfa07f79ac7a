"""`Idempotency-Key` on the wire: one effect, one answer, whoever asks again and however often."""

import asyncio
import itertools
import json
from collections import Counter
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.api.edge.idempotency import BodyDigest
from prosa.drivers.sql import Database
from prosa.identity import OPERATOR, Device, NewAccount
from tests.api.openai.stored import ASKED, person, served
from tests.api.openai.stored import PATH as CHAT
from tests.databases import KINDS
from tests.serving import Running
from tests.upstream import DONE, chunk, completion, in_turn, saying, streaming, upstream


def call(**fields: Any) -> dict[str, Any]:
    return {"model": "mock", "messages": ASKED} | fields


def keyed(key: str, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key} | more


async def rows(prosa: Running) -> list[tuple[object, ...]]:
    database: Database = prosa.system.people.database
    return await database.fetch("SELECT space, key, driver, status, answer FROM idempotency_keys ORDER BY key")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_comes_again_is_answered_with_the_same_bytes_and_the_model_is_asked_once(kind: str) -> None:
    async with upstream(saying(completion())) as provider, served(kind, provider.env()) as (prosa, client):
        first = await client.post(CHAT, json={"messages": ASKED}, headers=keyed("a-1"))
        again = await client.post(CHAT, json={"messages": ASKED}, headers=keyed("a-1"))
        other = await client.post(CHAT, json={"messages": ASKED}, headers=keyed("a-2"))
        without = await client.post(CHAT, json={"messages": ASKED})
        stored = await rows(prosa)
    assert (first.status_code, first.json()) == (200, completion())
    assert (again.status_code, again.content, again.headers["content-type"]) == (200, first.content, "application/json")
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert other.status_code == without.status_code == 200
    assert len(provider.asked) == 3
    assert [(row[1], row[2], row[3]) for row in stored] == [("a-1", "", 200), ("a-2", "", 200)]
    assert all(str(row[4]).startswith("v1:") for row in stored)


@pytest.mark.parametrize("kind", KINDS)
async def test_another_body_path_or_query_under_the_same_key_is_refused(kind: str) -> None:
    async with served(kind) as (_, client):
        await client.post(CHAT, json=call(), headers=keyed("k"))
        body = await client.post(CHAT, json=call(temperature=0.5), headers=keyed("k"))
        path = await client.post("/v1/embeddings", json={"input": "a"}, headers=keyed("k"))
        query = await client.post(CHAT + "?a=1", json=call(), headers=keyed("k"))
    for refused in (body, path, query):
        assert refused.status_code == 422
        assert refused.json()["error"]["code"] == "idempotency_key_reused"
        assert refused.json()["error"]["param"] == "Idempotency-Key"


@pytest.mark.parametrize("kind", KINDS)
async def test_of_fifty_at_once_one_is_done_and_the_others_are_told_to_come_again(kind: str) -> None:
    saying_slowly = streaming(chunk("Oi"), chunk("!", "stop"), DONE, pause=0.1)
    async with upstream(saying_slowly) as provider, served(kind, provider.env()) as (_, client):

        async def ask() -> httpx2.Response:
            return await client.post(CHAT, json={"messages": ASKED, "stream": True}, headers=keyed("one"))

        answers = await asyncio.gather(*(ask() for _ in range(50)))
        late = await ask()
    assert len(provider.asked) == 1
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 409} and statuses[200] >= 1
    good = {answer.content for answer in answers if answer.status_code == 200}
    assert good == {late.content} and late.content.endswith(DONE)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["error"]["code"] == "idempotency_in_flight"
            assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("kind", KINDS)
async def test_two_callers_with_the_same_key_know_nothing_of_each_other(kind: str) -> None:
    async with served(kind) as (prosa, client):
        (_, ana), (_, bia) = await person(prosa, "ana@example.com"), await person(prosa, "bia@example.com")
        first = await client.post(CHAT, json=call(mock={"text": "for ana"}), headers=ana | keyed("same"))
        second = await client.post(CHAT, json=call(mock={"text": "for bia"}), headers=bia | keyed("same"))
        again = await client.post(CHAT, json=call(mock={"text": "for bia"}), headers=bia | keyed("same"))
        nobody = await client.post(CHAT, json=call(mock={"text": "for ana"}), headers=keyed("same"))
    assert [first.json()["choices"][0]["message"]["content"], second.json()["choices"][0]["message"]["content"]] == [
        "for ana",
        "for bia",
    ]
    assert again.content == second.content
    assert nobody.status_code == 401


async def test_what_the_caller_did_wrong_stays_wrong_and_what_the_server_or_provider_did_is_tried_again() -> None:
    broken = saying({"error": {"message": "no"}}, status=500)
    busy = saying({"error": {"message": "slow down"}}, status=429)
    tries = {"PROSA_RETRIES": "0"}
    async with (
        upstream(in_turn(broken, busy, saying(completion()))) as provider,
        served("sqlite", provider.env() | tries) as (_, client),
    ):
        wrong = await client.post(CHAT, json={"messages": []}, headers=keyed("wrong"))
        still = await client.post(CHAT, json={"messages": []}, headers=keyed("wrong"))
        statuses = []
        for _ in range(8):
            answer = await client.post(CHAT, json={"messages": ASKED}, headers=keyed("later"))
            statuses.append(answer.status_code)
            if answer.status_code == 200:
                break
        again = await client.post(CHAT, json={"messages": ASKED}, headers=keyed("later"))
    assert (wrong.status_code, still.status_code, still.content) == (400, 400, wrong.content)
    assert still.headers["idempotent-replayed"] == "true"
    assert statuses[-1] == 200 and all(status in (429, 502) for status in statuses[:-1])
    assert again.content == answer.content and again.headers["idempotent-replayed"] == "true"


async def test_a_stream_comes_again_byte_for_byte_and_a_broken_one_is_asked_for_anew() -> None:
    broken = streaming(chunk("Oi"))
    whole = streaming(chunk("Olá"), chunk("!", "stop"), DONE)
    async with upstream(in_turn(whole, broken, whole)) as provider, served("sqlite", provider.env()) as (_, client):
        asked = {"messages": ASKED, "stream": True}
        first = await client.post(CHAT, json=asked, headers=keyed("good"))
        again = await client.post(CHAT, json=asked, headers=keyed("good"))
        cut = await client.post(CHAT, json=asked, headers=keyed("cut"))
        anew = await client.post(CHAT, json=asked, headers=keyed("cut"))
    assert again.content == first.content and again.headers["content-type"] == first.headers["content-type"]
    assert b'"error"' in cut.content and b'"error"' not in anew.content
    assert len(provider.asked) == 3


async def test_who_leaves_before_the_end_may_ask_anew_with_the_same_key() -> None:
    endless = streaming(chunk("Oi"), forever=True)
    whole = streaming(chunk("Olá"), chunk("!", "stop"), DONE)
    async with upstream(in_turn(endless, whole)) as provider, served("sqlite", provider.env()) as (_, client):
        asked = {"messages": ASKED, "stream": True}
        async with client.stream("POST", CHAT, json=asked, headers=keyed("gone")) as reading:
            await anext(reading.aiter_bytes())
        await asyncio.wait_for(provider.hung_up.wait(), 5)
        for _ in range(50):
            again = await client.post(CHAT, json=asked, headers=keyed("gone"))
            if again.status_code != 409:
                break
            await asyncio.sleep(0.05)
    assert again.status_code == 200 and again.content.endswith(DONE)


async def test_an_answer_that_is_too_large_is_not_kept() -> None:
    async with served("sqlite") as (prosa, client):
        asked = call(mock={"huge": 5_000_000})
        first = await client.post(CHAT, json=asked, headers=keyed("large"))
        again = await client.post(CHAT, json=asked, headers=keyed("large"))
        [stored] = await rows(prosa)
    assert first.status_code == again.status_code == 200
    assert "idempotent-replayed" not in again.headers
    assert stored[3:] == (None, None)


@pytest.mark.parametrize("key", [b"", b"a" * 256, b"caf\xc3\xa9", b"tab\tinside"], ids=["empty", "long", "not ASCII", "tab"])
async def test_a_key_out_of_bounds_is_refused(key: bytes) -> None:
    async with served("sqlite") as (_, client):
        answer = await client.post(CHAT, json=call(), headers=[(b"Idempotency-Key", key)])
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "idempotency_key_invalid"


async def test_the_longest_key_is_good_and_two_of_them_are_none() -> None:
    async with served("sqlite") as (_, client):
        longest = await client.post(CHAT, json=call(), headers=keyed("~" * 255))
        two = await client.post(CHAT, json=call(), headers=[("Idempotency-Key", "a"), ("Idempotency-Key", "b")])
    assert longest.status_code == 200
    assert two.status_code == 400


async def test_a_body_that_may_not_be_so_large_is_refused_with_a_key_as_without() -> None:
    async with served("sqlite") as (_, client):
        large = {"messages": [{"role": "user", "content": "a" * 1_100_000}]}
        answer = await client.post("/api/chat/completions", json=large, headers=keyed("large"))
    assert answer.status_code == 413


async def test_a_key_is_shown_again_to_who_made_it_and_lies_nowhere_in_clear() -> None:
    async with served("sqlite") as (prosa, client):
        identity = prosa.system.people.identity
        account = await identity.accounts.create(OPERATOR, NewAccount("ana@example.com", "correct horse battery staple"))
        _, token = await identity.sessions.start(account.id, Device("127.0.0.1", "tests"))
        cookie = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"}
        wish = {"name": "mine", "scopes": ["read"], "current_password": "correct horse battery staple"}
        first = await client.post("/api/v1/keys", json=wish, headers=cookie | keyed("make"))
        again = await client.post("/api/v1/keys", json=wish, headers=cookie | keyed("make"))
        anew = await client.post("/api/v1/keys", json=wish, headers=cookie)
        content = json.dumps([list(map(str, row)) for row in await rows(prosa)])
    assert first.status_code == 201, first.text
    assert again.content == first.content and again.headers["location"] == first.headers["location"]
    assert anew.status_code == 409  # the name is taken: there is one key
    for secret in (first.json()["key"], wish["current_password"]):
        assert str(secret) not in content


FORM = b'--%b\r\nContent-Disposition: form-data; name="a"\r\n\r\n%b\r\n--%b--\r\n'


def digest(pieces: list[bytes], boundary: str) -> bytes:
    body = BodyDigest(f'multipart/form-data; boundary="{boundary}"'.encode())
    for piece in pieces:
        body.add(piece)
    return body.done()


@given(st.lists(st.integers(0, 400), max_size=30), st.binary(max_size=200))
def test_of_a_form_the_boundary_does_not_count_however_the_body_is_cut(cuts: list[int], content: bytes) -> None:
    one, two = "----aaaabbbb", "00000000000000000000000000000000000a"
    whole = FORM % (two.encode(), content, two.encode())
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[start:end] for start, end in itertools.pairwise(places)]
    assert digest(pieces, two) == digest([FORM % (one.encode(), content, one.encode())], one)
    assert digest(pieces, two) != digest([FORM % (one.encode(), content + b"x", one.encode())], one)


def test_of_any_other_body_every_byte_counts() -> None:
    found = set()
    for kind, body in (
        (b"", b"a"),
        (b"application/json", b"b"),
        (b"multipart/form-data", b"c"),
        (b"text/plain; boundary=a", b"a\x00"),
    ):
        made = BodyDigest(kind)
        made.add(body)
        found.add(made.done())
    assert len(found) == 4

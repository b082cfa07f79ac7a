"""Shares and feedback by the API, and what a link shows to whoever has it."""

import re

import httpx2
import pytest

from prosa.conversations import Face, Shared
from prosa.conversations.sharing import Share, SharedMessage, Snapshot
from prosa.conversations.sharing.drawing import Drawing
from prosa.drivers.children import Bounds
from prosa.identity import OPERATOR
from tests.api.app.house import House, Person, house, problem
from tests.conversations.desk import message

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NASTY = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "$title ${said} $$",
    "</p></article><h1>prosa</h1>",
    "\u202egnp.exe <!-- --> &lt;b&gt; \x00",
)


async def conversation_of(home: House, person: Person, *items: bytes, title: str = "Viagem") -> str:
    """A conversation of somebody's, by its id as it is shown."""
    said = items or (message("Aonde vou?"), message("A Belém.", "assistant"))
    conversations = home.prosa.system.features.conversations
    return f"conv_{(await conversations.create(person.account.id, items=said, face=Face(title, dialect='app'))).id}"


async def shared(person: Person, conversation: str, **wish: object) -> dict[str, str]:
    """A share that was just made."""
    answer = await person.ask("POST", f"/conversations/{conversation}/shares", wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


@pytest.mark.attack("L4", "K7", "A10")
async def test_a_link_is_read_by_anybody_and_kept_by_nobody() -> None:
    async with house() as home, httpx2.AsyncClient(base_url=home.prosa.base) as stranger:
        ana = await home.person("ana")
        made = await shared(ana, await conversation_of(home, ana))
        told = await stranger.get(made["path"])
        page = await stranger.get(made["path"], headers=HTML | {"accept-language": "pt-BR"})
        english = await stranger.get(made["path"], headers=HTML)
        others = {
            method: (await stranger.request(method, made["path"])).status_code for method in ("POST", "PUT", "PATCH", "DELETE")
        }
        gone = await ana.ask("DELETE", f"/shares/{made['id']}")
        after = [await stranger.get(made["path"], headers=headers) for headers in ({}, HTML)]
        unknown = await stranger.get("/s/" + "a" * 32)
    assert told.json().keys() == {"title", "created_at", "expires_at", "messages", "files"}
    assert [each["text"] for each in told.json()["messages"]] == ["Aonde vou?", "A Belém."]
    for answer in (told, page):
        assert answer.headers["x-robots-tag"].startswith("noindex") and answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer" and "set-cookie" not in answer.headers
    assert page.headers["content-type"] == "text/html; charset=utf-8" and 'name="robots" content="noindex' in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert ("Pessoa" in page.text, "Person" in english.text, "<script" in page.text) == (True, True, False)
    assert set(others.values()) == {405} and gone.status_code == 204
    assert [answer.status_code for answer in (*after, unknown)] == [404, 404, 404] and after[0].content == unknown.content
    for answer in (told, page):
        assert not re.search(r"conv_|msg_|user_|ana", answer.text)  # nothing of its owner, and no id


@pytest.mark.attack("E1")
async def test_every_character_of_a_shared_text_is_a_character() -> None:
    async with house() as home:
        ana = await home.person("ana")
        items = [message(text, role) for text in NASTY for role in ("user", "assistant")]
        made = await shared(ana, await conversation_of(home, ana, *items, title=NASTY[1]))
        page = await ana.browser.get(made["path"], headers=HTML)
    tags = set(re.findall(r"<\s*([a-zA-Z!/][a-zA-Z0-9]*)", page.text))
    own = {"html", "head", "meta", "title", "link", "body", "main", "header", "h1", "h2", "p", "article", "!doctype"} | {
        "footer",
        "a",
    }
    assert tags <= own | {f"/{name}" for name in own} | {"/"}
    assert page.text.count("<h1>") == 1 and "$said" not in page.text.replace("${said}", "")


MARKDOWN = """# Roteiro

| Dia | Onde |
|---|---|
| **1** | `Belém` <script>alert(1)</script> |

- [mapa](https://mapas.example/?a=1&b="2) [x](javascript:alert(1)) ![i](https://fora.example/p.png)

```html
</code></pre><img src=x onerror=alert(1)>
```

$a<b$ <b onclick=x>y</b> &lt;i&gt;
"""


@pytest.mark.attack("E1", "E2", "E3", "L4")
async def test_what_a_model_wrote_is_shown_as_markdown_without_a_tag_of_its_own() -> None:
    async with house() as home:
        ana = await home.person("ana")
        items = message("# não, *assim*"), message(MARKDOWN, "assistant"), message("Só isto.", "assistant")
        made = await shared(ana, await conversation_of(home, ana, *items))
        first, again = [await ana.browser.get(made["path"], headers=HTML) for _ in range(2)]
    page = first.text
    assert (
        again.text == page and "<h3>Roteiro</h3>" in page and "<td><strong>1</strong></td>" in page and "# não, *assim*" in page
    )
    tags = set(re.findall(r"<\s*([a-zA-Z!/][a-zA-Z0-9]*)", page.partition("<main>")[2]))
    assert not {"script", "img", "b", "i", "style", "iframe"} & tags and "onclick=x&gt;" in page
    links = re.findall(r'href="([^"]*)"', page.partition("<main>")[2])
    assert links[:2] == ["https://mapas.example/?a=1&amp;b=%222", "https://fora.example/p.png"] and len(links) == 3
    assert "(https://mapas.example/" in page  # where a link leads is seen


async def test_without_a_process_to_draw_them_words_are_shown_as_they_were_written() -> None:
    snapshot = Snapshot((SharedMessage("user", "*a*"), SharedMessage("assistant", "*b*"), SharedMessage("assistant", "c")))
    given = Shared(Share("a" * 32, "ana", "c" * 32, None, 3, 0, 1.0, None), snapshot)
    drawing = Drawing()
    assert await drawing.drawn(given) == (None, "<p><em>b</em></p>", None)
    assert await Drawing(Bounds(seconds=0.0)).drawn(given) == (None, None, None)


@pytest.mark.attack("A1", "A10")
async def test_one_manages_ones_own_shares() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        conversation = await conversation_of(home, ana)
        made = [await shared(ana, conversation) for _ in range(3)]
        page = (await ana.ask("GET", "/shares?limit=2")).json()
        rest = (await ana.ask("GET", f"/shares?limit=2&cursor={page['next_cursor']}")).json()
        stolen = await bia.ask("GET", f"/shares?limit=2&cursor={page['next_cursor']}")
        one = (await ana.ask("GET", f"/shares/{made[0]['id']}")).json()
        other = [
            await bia.ask("GET", f"/shares/{made[0]['id']}"),
            await bia.ask("DELETE", f"/shares/{made[0]['id']}"),
            await bia.ask("POST", f"/conversations/{conversation}/shares", {}),
            await bia.ask("GET", "/shares/share_x"),
        ]
        assert [each["id"] for each in (await ana.ask("GET", f"/shares?conversation_id={conversation}")).json()["data"]]
        assert (await bia.ask("GET", "/shares")).json() == {"data": [], "next_cursor": None}
        past = await ana.ask("POST", f"/conversations/{conversation}/shares", {"expires_at": "2020-01-01T00:00:00Z"})
        unknown = await ana.ask("POST", f"/conversations/{conversation}/shares", {"owner": "bia"})
        ended = (await ana.browser.get(past.json()["path"])).status_code if past.status_code == 201 else 404
    assert [each["id"] for each in (*page["data"], *rest["data"])] == [each["id"] for each in made[::-1]]
    assert problem(stolen) == (400, "unknown_cursor")
    assert "token" not in one and "path" not in one and one["messages"] == 2
    assert {problem(answer) for answer in other} == {(404, "not_found")}
    assert ended == 404 and problem(unknown) == (422, "invalid_body")


@pytest.mark.attack("A10")
async def test_a_signed_in_person_goes_on_in_a_copy_of_their_own() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        conversation = await conversation_of(home, ana)
        made = await shared(ana, conversation)
        copied = await bia.ask("POST", "/share-copies", {"token": made["token"]})
        wrong = await bia.ask("POST", "/share-copies", {"token": "x"})
        stranger = await (await home.browser()).post("/api/v1/share-copies", json={"token": made["token"]})
        copy = copied.json()["conversation_id"]
        items = (await bia.browser.get(f"/v1/conversations/{copy}/items")).json()["data"]
    assert copied.status_code == 201 and copied.headers["location"] == f"/api/v1/conversations/{copy}" and copy != conversation
    assert [item["content"][0]["text"] for item in items] == ["A Belém.", "Aonde vou?"]
    assert problem(wrong) == (404, "not_found") and problem(stranger)[0] == 401


async def test_shared_files_are_given_out_as_files() -> None:
    async with house() as home:
        ana = await home.person("ana")
        sent = {"file": ("página.html", b"<script>alert(1)</script>", "text/html")}
        file = (await ana.browser.post("/v1/files", files=sent, data={"purpose": "user_data"})).json()["id"]
        body = (
            b'{"type":"message","role":"user","status":"completed","content":[{"type":"input_file","file_id":"%b"}]}'
            % file.encode()
        )
        conversation = await conversation_of(home, ana, body)
        made = await shared(ana, conversation, files=True)
        told = (await ana.browser.get(made["path"])).json()
        page = await ana.browser.get(made["path"], headers=HTML)
        content = await ana.browser.get(told["files"][0]["path"])
        nothing = [await ana.browser.get(f"{made['path']}/files/{number}") for number in ("1", "-1", "x", "0x0", "٣", "9" * 50)]
        empty = await ana.ask("POST", f"/conversations/{conversation}/shares", {})
    assert told["files"][0]["name"] == "página.html" and file not in told["files"][0]["path"] and file not in page.text
    assert content.content == b"<script>alert(1)</script>" and content.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in content.headers["content-security-policy"] and content.headers["x-robots-tag"].startswith("noindex")
    assert content.headers["cache-control"] == "no-store"
    assert {answer.status_code for answer in nothing} == {404}
    assert problem(empty) == (400, "nothing_to_share")


@pytest.mark.attack("L4", "J4")
async def test_links_are_tried_out_slowly_and_appear_in_no_log() -> None:
    async with (
        house({"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "5"}) as home,
        httpx2.AsyncClient(base_url=home.prosa.base) as stranger,
    ):
        ana = await home.person("ana")
        made = await shared(ana, await conversation_of(home, ana))
        assert (await stranger.get(made["path"])).status_code == 200
        statuses = [(await stranger.get(f"/s/{number}")).status_code for number in range(8)]
        prosa = home.prosa
    assert statuses[:4] == [404] * 4 and statuses[-1] == 429
    assert made["token"] not in prosa.log.getvalue() and "/s/{share_token}" in prosa.log.getvalue()


async def test_sharing_can_be_switched_off() -> None:
    async with house({"PROSA_SHARING": "false"}) as home:
        ana = await home.person("ana")
        refused = await ana.ask("POST", f"/conversations/{await conversation_of(home, ana)}/shares", {})
        assert problem(refused) == (403, "sharing_disabled")


async def test_feedback_is_given_changed_and_taken_back() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        conversation = await conversation_of(home, ana)
        answer, question = (await ana.browser.get(f"/v1/conversations/{conversation}/items")).json()["data"]
        place = f"/conversations/{conversation}/items/{answer['id']}/feedback"
        missing = await ana.ask("GET", place)
        put = await ana.ask("PUT", place, {"rating": "down", "reason": "Longe."})
        again = await ana.ask("PUT", place, {"rating": "up"})
        listed = (await ana.ask("GET", f"/conversations/{conversation}/feedback")).json()["data"]
        other = [
            await bia.ask("GET", place),
            await bia.ask("PUT", place, {"rating": "up"}),
            await bia.ask("DELETE", place),
            await bia.ask("GET", f"/conversations/{conversation}/feedback"),
        ]
        wrong = await ana.ask("PUT", f"/conversations/{conversation}/items/{question['id']}/feedback", {"rating": "up"})
        unknown = await ana.ask("PUT", place, {"rating": "sideways"})
        gone = await ana.ask("DELETE", place), await ana.ask("DELETE", place)
    assert problem(missing) == (404, "not_found") and {problem(each)[0] for each in other} == {404}
    assert put.json()["reason"] == "Longe." and again.json()["reason"] is None
    assert [(each["item_id"], each["rating"]) for each in listed] == [(answer["id"], "up")]
    assert problem(wrong) == (400, "not_an_answer") and problem(unknown)[0] == 422
    assert [each.status_code for each in gone] == [204, 404]


@pytest.mark.attack("L4")
async def test_shares_and_feedback_go_with_their_person() -> None:
    async with house() as home:
        ana = await home.person("ana")
        conversation = await conversation_of(home, ana)
        made = await shared(ana, conversation)
        answer, _ = (await ana.browser.get(f"/v1/conversations/{conversation}/items")).json()["data"]
        await ana.ask("PUT", f"/conversations/{conversation}/items/{answer['id']}/feedback", {"rating": "up"})
        people = home.prosa.system.people
        await people.identity.accounts.suspend(OPERATOR, ana.account.id)
        suspended = await (await home.browser()).get(made["path"])
        await people.identity.accounts.delete(OPERATOR, ana.account.id)
        deleted = await (await home.browser()).get(made["path"])
        left = [await people.database.fetch(f"SELECT 1 FROM {table}") for table in ("shares", "opinions")]
    assert (suspended.status_code, deleted.status_code, left) == (404, 404, [[], []])

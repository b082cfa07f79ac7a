"""Contract B at the edge: who is counted as whom, what a stranger gets to see, and what a page that leaves costs."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.boot.process import post_json, started, until
from tests.serving import asking, running
from tests.talking import metric
from tests.upstream import DONE, Asked, chunk, completion, head, saying, streaming, upstream

pytestmark = pytest.mark.slow

CHAT, EMBEDDINGS = "/api/chat/completions", "/api/embeddings"
ASKED = [{"role": "user", "content": "Olá!"}]
PLAIN = {"messages": ASKED, "stream": False}
SITE = "https://site.example"
PAGE = {"origin": SITE}
OPEN = {"PROSA_ANONYMOUS": "bitaca", "ALLOWED_ORIGINS": SITE}
PLAIN_MODEL = {"NVIDIA_MODEL": "meta/llama-3.3-70b-instruct"}  # one that doesn't think, so that its first word is its answer's


async def statuses(client: httpx2.AsyncClient, *visitors: dict[str, str]) -> list[int]:
    """The answers to one call of each visitor, in this order."""
    return [(await client.post(CHAT, json=PLAIN, headers=PAGE | visitor)).status_code for visitor in visitors]


def forwarded(addresses: str, **more: str) -> dict[str, str]:
    return {"x-forwarded-for": addresses} | more


@pytest.mark.contract("B13", "B11")
async def test_behind_a_trusted_proxy_each_visitor_has_a_limit_that_nothing_he_writes_gets_round() -> None:
    env = OPEN | {"RATE_LIMIT_PER_MINUTE": "2", "PROSA_TRUSTED_PROXIES": "127.0.0.1"}
    one, another = forwarded("203.0.113.7"), forwarded("203.0.113.8")
    async with asking(env) as client:
        assert await statuses(client, one, one, one, another) == [200, 200, 429, 200]
        disguised = (
            forwarded("198.51.100.1, 203.0.113.7"),
            one | {"cf-connecting-ip": "198.51.100.2"},
            one | {"x-real-ip": "1.1.1.1"},
        )
        assert await statuses(client, *disguised) == [429, 429, 429]
        sixes = [forwarded(f"2001:db8:1:2::{end}") for end in "123"]
        assert await statuses(client, *sixes, forwarded("2001:db8:1:3::1")) == [200, 200, 429, 200]


@pytest.mark.contract("B13")
async def test_behind_cloudflare_the_visitor_is_who_cloudflare_says() -> None:
    env = OPEN | {"RATE_LIMIT_PER_MINUTE": "1", "PROSA_TRUSTED_PROXIES": "cloudflare, 127.0.0.1"}
    edge = "172.64.1.1"  # one of Cloudflare's, as nginx on this machine saw it
    visitors = [forwarded(edge, **{"cf-connecting-ip": address}) for address in ("203.0.113.7", "203.0.113.8", "203.0.113.7")]
    stranger = forwarded("192.0.2.1", **{"cf-connecting-ip": "203.0.113.9"})
    again = forwarded("192.0.2.1", **{"cf-connecting-ip": "203.0.113.10"})
    async with asking(env) as client:
        assert await statuses(client, *visitors) == [200, 200, 429]
        assert await statuses(client, stranger, again) == [200, 429]


@pytest.mark.contract("B13")
@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8, cloudflare"])
async def test_of_a_peer_that_isnt_trusted_the_headers_say_nothing(trusted: str) -> None:
    async with asking(OPEN | {"RATE_LIMIT_PER_MINUTE": "2", "PROSA_TRUSTED_PROXIES": trusted}) as client:
        visitors = [forwarded(f"203.0.113.{number}", **{"cf-connecting-ip": f"198.51.100.{number}"}) for number in range(3)]
        assert await statuses(client, *visitors) == [200, 200, 429]


@pytest.mark.contract("B51", "B11")
def test_four_workers_let_sixty_calls_of_a_visitor_pass_and_not_one_each(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "4") as process, ThreadPoolExecutor(8) as visitors:
        port, begun = process.port, time.monotonic()
        found = list(visitors.map(lambda _: post_json(port, CHAT, PLAIN)[0], range(80)))
        earned = int(time.monotonic() - begun) + 1  # one more each second
        until(lambda: _workers_that_answered(tmp_path) > 1)
    assert set(found) == {200, 429}
    assert 60 <= found.count(200) <= 60 + earned


def _workers_that_answered(folder: Path) -> int:
    """How many workers' own figures tell of a call."""
    files = (folder / "data" / "run").glob("metrics-*.msgpack")
    return sum(CHAT.encode() in path.read_bytes() for path in files)


@pytest.mark.contract("B08", "B11")
async def test_both_posts_share_the_limit_and_health_and_preflights_have_none() -> None:
    asks = PAGE | {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    async with asking({"RATE_LIMIT_PER_MINUTE": "2", "ALLOWED_ORIGINS": SITE}) as client:
        for _ in range(5):
            assert (await client.options(CHAT, headers=asks)).status_code == 204
        assert (await client.post(CHAT, json=PLAIN)).status_code == 200
        assert (await client.post(EMBEDDINGS, json={"input": "Quem?"})).status_code == 200
        limited = [await client.post(path, json=PLAIN | {"input": "Quem?"}) for path in (CHAT, EMBEDDINGS)]
        assert [(answer.status_code, answer.json()) for answer in limited] == [(429, {"detail": "Rate limit exceeded"})] * 2
        assert {(await client.get("/health")).status_code for _ in range(5)} == {200}


@pytest.mark.contract("B42", "B14")
async def test_a_configured_page_can_read_every_kind_of_error() -> None:
    env = {"RATE_LIMIT_PER_MINUTE": "2", "ALLOWED_ORIGINS": f" {SITE}/ "}
    async with upstream(saying({"error": "no"}, 400)) as provider, asking(provider.env("NVIDIA") | env) as client:
        failed = await client.post(CHAT, json=PLAIN, headers=PAGE)
        wrong = await client.post(CHAT, json={}, headers=PAGE)
        limited = await client.post(CHAT, json=PLAIN, headers=PAGE)
        missing = await client.get("/api/nothing", headers=PAGE)
        not_so = await client.get(CHAT, headers=PAGE)
    answers = (failed, wrong, limited, missing, not_so)
    assert [answer.status_code for answer in answers] == [502, 422, 429, 404, 405]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == SITE
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers
        assert "detail" in answer.json()


@pytest.mark.contract("B14")
async def test_off_this_machine_only_a_configured_page_may_chat_without_a_key() -> None:
    far = forwarded("203.0.113.7")
    async with asking(OPEN) as client:
        assert (await client.post(CHAT, json=PLAIN, headers=far | PAGE)).status_code == 200
        assert (await client.post(CHAT, json=PLAIN, headers=far)).status_code == 401
        assert (await client.post(CHAT, json=PLAIN, headers=far | {"origin": "https://evil.example"})).status_code == 403
    async with asking({"ALLOWED_ORIGINS": SITE}) as client:
        closed = await client.post(CHAT, json=PLAIN, headers=far | PAGE)
    assert (closed.status_code, type(closed.json()["detail"])) == (401, str)


@pytest.mark.contract("B16")
async def test_every_kind_of_answer_carries_the_security_headers() -> None:
    async with asking({"ALLOWED_ORIGINS": SITE}) as client:
        answers = [
            *[await client.get(path) for path in ("/", "/health", "/docs", "/v1/health", "/api/nothing", "/v1/nothing")],
            await client.get("/", headers={"accept": "text/html"}),
            await client.post(CHAT, json={"messages": ASKED}),
            await client.post(CHAT, json={}),
            await client.post(CHAT, json=PLAIN, headers={"origin": "https://evil.example"}),
        ]
    assert {answer.status_code for answer in answers} == {200, 403, 404, 422}
    for answer in answers:
        app = "trusted-types" in answer.headers["content-security-policy"]  # the web app's page: narrower still
        assert answer.headers["x-frame-options"] == ("DENY" if app else "SAMEORIGIN")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == ("same-origin" if app else "strict-origin-when-cross-origin")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers and "x-powered-by" not in answer.headers


@pytest.mark.contract("B15", "B52")
async def test_no_providers_word_and_no_part_of_its_key_is_in_an_answer_or_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    key = "nvapi-Q7wZ2kLm9XbT4vRs"
    said = {"error": {"message": f"PROVIDER-WORDS {key}", "code": "odd-code"}}
    broken = streaming(chunk("Olá"), b'data: {"error":{"message":"PROVIDER-WORDS"}}\n\n')

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (broken if asked.fields.get("stream") else saying(said, 400))(asked, writer)

    async with (
        upstream(answer) as provider,
        running(provider.env("NVIDIA", key) | PLAIN_MODEL) as prosa,
        httpx2.AsyncClient(base_url=prosa.base) as client,
    ):
        told = [
            await client.post(CHAT, json=PLAIN),
            await client.post(CHAT, json={"messages": ASKED}),
            await client.post(EMBEDDINGS, json={"input": "Quem?"}),
            *[await client.get(path) for path in ("/", "/health", "/api/health", "/metrics", "/v1/models", "/openapi.json")],
        ]
    assert [answer.status_code for answer in told[:4]] == [502, 200, 502, 200]
    seen = "".join(answer.text + str(answer.headers) for answer in told) + prosa.log.getvalue() + "".join(capfd.readouterr())
    assert '"path":"/api/chat/completions"' in seen and '"status":502' in seen
    for secret in ("PROVIDER-WORDS", "odd-code", *(key[start : start + 8] for start in range(6, len(key) - 8))):
        assert secret not in seen


@pytest.mark.contract("B43")
@pytest.mark.parametrize("stream", [True, False])
async def test_leaving_the_page_ends_the_call_to_the_provider_within_a_second(stream: bool) -> None:
    words = streaming(chunk("Olá"), forever=True)
    async with upstream(words) as provider, asking(provider.env("NVIDIA") | PLAIN_MODEL) as client:
        call = asyncio.create_task(client.post(CHAT, json={"messages": ASKED, "stream": stream}))
        await asyncio.wait_for(provider.reached.wait(), 5)
        call.cancel()
        await asyncio.wait_for(provider.hung_up.wait(), 1)


@pytest.mark.contract("B02", "B10")
async def test_each_word_arrives_when_it_is_said_and_a_slow_call_keeps_nobody_waiting() -> None:
    go_on = asyncio.Event()

    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream") + chunk("Olá"))
        await writer.drain()
        await asyncio.wait_for(go_on.wait(), 20)
        writer.write(chunk("!", "stop") + DONE)

    async with (
        upstream(answer) as provider,
        asking(provider.env("NVIDIA") | PLAIN_MODEL) as client,
        client.stream("POST", CHAT, json={"messages": ASKED}) as first,
    ):
        pieces = first.aiter_text()
        assert "Olá" in await asyncio.wait_for(anext(pieces), 5)
        assert (await client.get("/health")).status_code == 200
        async with client.stream("POST", CHAT, json={"messages": ASKED}) as second:
            assert "Olá" in await asyncio.wait_for(anext(second.aiter_text()), 5)
            go_on.set()
        rest = "".join([piece async for piece in pieces])
    assert rest.endswith("data: [DONE]\n\n") and '"!"' in rest


@pytest.mark.contract("B07")
async def test_the_figures_tell_of_calls_made_and_can_be_switched_off() -> None:
    async with running({"RATE_LIMIT_PER_MINUTE": "2"}) as prosa, httpx2.AsyncClient(base_url=prosa.base) as client:
        found = [(await client.post(CHAT, json=PLAIN)).status_code for _ in range(3)]
        figures = await client.get("/metrics")
        counted = [await metric(prosa.base, "prosa_requests_total", route=CHAT, status=status) for status in ("200", "429")]
        assert await metric(prosa.base, "prosa_limiter_refusals_total", door="bitaca") == 1
        assert (await client.get("/metrics", headers=forwarded("203.0.113.7"))).status_code == 404
    assert (found, counted) == ([200, 200, 429], [2, 1])
    assert figures.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE prosa_requests_total counter" in figures.text
    async with asking({"ENABLE_METRICS": "false"}) as client:
        assert (await client.get("/metrics")).status_code == 404


@pytest.mark.contract("B05", "C17", "A42", "B09")
async def test_health_tells_the_sites_model_and_the_seconds_since_the_start() -> None:
    async with upstream(saying(completion())) as provider, asking(provider.env("NVIDIA") | provider.env("OPENAI")) as client:
        first = await client.get("/health")
        await asyncio.sleep(0.05)
        later = (await client.get("/health")).json()
        assert provider.asked == []
    found = first.json()
    assert first.status_code == 200 and first.headers["x-prosa-version"]
    assert found | {"uptime": 0} == {
        "status": "ok",
        "version": "1.0.0",
        "model": "qwen/qwen3-next-80b-a3b-thinking",
        "uptime": 0,
        "database": "connected",
    }
    assert 0 <= found["uptime"] < later["uptime"] < 60


@pytest.mark.contract("B44", "S24", "C16")
async def test_the_root_tells_programs_what_this_is_and_browsers_where_to_go() -> None:
    async with asking({"PROSA_UI_DIR": "nothing-is-built-here"}) as client:
        answer = await client.get("/")
        page = await client.get("/", headers={"accept": "text/html"})
        found = answer.json()
        assert [(await client.get(found[name])).status_code for name in ("docs", "health")] == [200, 200]
    assert (found["docs"], found["health"], found["version"], found["status"]) == ("/docs", "/health", "1.0.0", "healthy")
    assert found["message"] and found["name"]
    assert page.headers["content-type"].startswith("text/html") and "/docs" in page.text


@pytest.mark.contract("B06", "S03")
async def test_the_api_pages_and_what_they_load_are_served_here() -> None:
    async with asking() as client:
        for path, script in (("/docs", "/assets/swagger-ui-bundle.js"), ("/redoc", "/assets/redoc.standalone.js")):
            answer = await client.get(path)
            assert answer.status_code == 200 and script in answer.text and "https://" not in answer.text
            assert len((await client.get(script)).content) > 100_000
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert {CHAT, EMBEDDINGS, "/v1/chat", "/v1/health", "/v1/ready"} <= paths.keys()

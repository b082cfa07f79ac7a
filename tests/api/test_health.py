"""Health and figures: what strangers and operators see."""

from dataclasses import replace

import pytest

from prosa.api.edge import EdgeSettings, Front
from prosa.api.health import HealthParts, health_routes
from prosa.drivers.telemetry import Metrics, SharedMetrics
from prosa.identity import IdentitySettings
from prosa.usage import Decision, LimiterUnavailable
from tests.api.edge.driver import KEY, Asked, Edge, ask, bearer, nothing_there

HEALTH = Asked(method="GET", path="/health", pieces=[b""])
FIGURES = Asked(method="GET", path="/metrics", pieces=[b""])
STRANGER = "203.0.113.9"
TOKEN = "metrics-token-of-the-operator"


async def there() -> bool:
    return True


async def gone() -> bool:
    return False


def front(edge: Edge | None = None, **changes: object) -> Front:
    parts = (edge or Edge()).parts()
    health = HealthParts(parts, "0.1.0", lambda: "qwen/qwen3-next-80b-a3b-thinking", there, parts.clock.monotonic() - 12.5)
    return Front(health_routes(replace(health, **changes)), nothing_there, parts)  # type: ignore[arg-type]  # a test's own keywords


@pytest.mark.contract("B05", "C17", "A42", "A31")
async def test_health_is_one_document_for_all() -> None:
    answer = await ask(front(), HEALTH, peer=STRANGER)
    assert answer.status == 200 and answer.header("x-prosa-version") == "0.1.0"
    assert answer.json() == {
        "status": "ok",
        "version": "1.0.0",
        "model": "qwen/qwen3-next-80b-a3b-thinking",
        "uptime": 12.5,
        "database": "connected",
    }


@pytest.mark.contract("C17", "C18")
async def test_a_database_that_is_gone_is_told() -> None:
    app = front(database=gone)
    brief, detailed = await ask(app, HEALTH), await ask(app, HEALTH, path="/api/health", peer=STRANGER)
    assert (brief.status, brief.json()["status"], brief.json()["database"]) == (503, "degraded", "disconnected")
    assert (detailed.status, detailed.json()["status"], detailed.json()["database"]) == (503, "unhealthy", "disconnected")
    assert detailed.json()["error"] == "The database is not available."


async def test_a_limiter_that_is_gone_is_told() -> None:
    class Broken:
        def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Decision:
            raise LimiterUnavailable()

    edge = Edge()
    parts = replace(edge.parts(), limiter=Broken())
    health = HealthParts(parts, "0.1.0", lambda: None, there, 0.0)
    answer = await ask(Front(health_routes(health), nothing_there, parts), HEALTH)
    assert answer.status == 503 and answer.json()["model"] is None
    detailed = await ask(Front(health_routes(health), nothing_there, parts), HEALTH, path="/api/health")
    assert detailed.json()["error"] == "The rate limiter is not available."


@pytest.mark.contract("C18", "A43")
@pytest.mark.attack("C14")
async def test_details_are_for_this_machine_only() -> None:
    near, far = await ask(front(), HEALTH, path="/api/health"), await ask(front(), HEALTH, path="/api/health", peer=STRANGER)
    assert near.json()["process"]["resident_bytes"] > 0 and near.json()["host"]["memory_bytes"] > 0
    assert far.json().keys() == {"status", "database", "service", "version", "uptime"}
    assert far.json()["status"] == "healthy"


async def test_health_is_never_limited_and_needs_no_key() -> None:
    app = front(Edge(identity=IdentitySettings(keys=(KEY,))))
    assert {(await ask(app, HEALTH, peer=STRANGER)).status for _ in range(200)} == {200}


@pytest.mark.contract("B07", "B50")
@pytest.mark.attack("C14")
async def test_figures_are_for_this_machine() -> None:
    app = front()
    answer = await ask(app, FIGURES)
    assert answer.status == 200 and answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    assert b"# TYPE prosa_requests_open gauge" in answer.body
    for hidden in (
        {"peer": STRANGER},
        {"headers": [(b"x-forwarded-for", b"127.0.0.1")]},
        {"host": False, "headers": [(b"host", b"chat.example")]},
        {"peer": STRANGER, "headers": [bearer("anything")]},
        {"peer": STRANGER, "query": b"token=anything"},
    ):
        answer = await ask(app, FIGURES, **hidden)
        assert (answer.status, answer.json()) == (404, {"detail": "Not Found"})


@pytest.mark.attack("C14")
async def test_figures_for_trusted_addresses_but_not_for_who_is_behind_them() -> None:
    app = front(Edge(identity=IdentitySettings(trusted_proxies=("10.0.0.0/8", "cloudflare"))))
    assert (await ask(app, FIGURES, peer="10.0.0.7")).status == 200
    assert (await ask(app, FIGURES, peer="10.0.0.7", headers=[(b"x-forwarded-for", b"203.0.113.9")])).status == 404
    assert (await ask(app, FIGURES, peer="10.0.0.7", headers=[(b"x-forwarded-for", b"10.0.0.9")])).status == 404
    assert (await ask(app, FIGURES, peer="172.64.1.1")).status == 404


@pytest.mark.attack("C14", "C1")
async def test_figures_by_token() -> None:
    app = front(Edge(settings=EdgeSettings(metrics_token=TOKEN)))
    stranger = replace(FIGURES, peer=STRANGER)
    assert (await ask(app, stranger, headers=[bearer(TOKEN)])).status == 200
    assert (await ask(app, stranger)).status == 401
    for wrong in (TOKEN[:-1], TOKEN + "x", "", TOKEN.upper()):
        assert (await ask(app, stranger, headers=[bearer(wrong)])).status == 401
    assert (await ask(app, stranger, headers=[(b"x-api-key", TOKEN.encode())])).status == 401
    assert (await ask(app, stranger, query=b"token=" + TOKEN.encode())).status == 401
    assert [(await ask(app, stranger, headers=[bearer("no")])).status for _ in range(100)][-1] == 429


async def test_figures_can_be_off() -> None:
    assert (await ask(front(Edge(settings=EdgeSettings(metrics=False))), FIGURES)).status == 404


async def test_figures_are_those_of_all_workers(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    other = Metrics()
    other.limited.add(("bitaca",), 41)
    SharedMetrics(folder, 2, other).write()
    edge = Edge()
    parts = edge.parts()
    parts.metrics.limited.add(("bitaca",))
    health = HealthParts(parts, "0", lambda: None, there, 0.0, SharedMetrics(folder, 1, parts.metrics))
    answer = await ask(Front(health_routes(health), nothing_there, parts), FIGURES)
    assert b'prosa_limiter_refusals_total{door="bitaca"} 42' in answer.body


def test_edge_health_and_pages_bring_no_framework_along() -> None:
    import subprocess
    import sys

    script = (
        "import sys, prosa.web, prosa.api.health; print([n for n in ('fastapi', 'starlette', 'pydantic') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert found.stdout == "[]\n"

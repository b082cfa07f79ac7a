"""Who passes and how often."""

import pytest

from prosa.api.edge import Exchange, Front, Route, charge
from prosa.identity import ConfiguredKey, Door, IdentitySettings
from prosa.usage import UsageSettings
from tests.api.edge.driver import (
    HOT,
    KEY,
    SECRET,
    SITE,
    Asked,
    Edge,
    OpenAIShape,
    access_of,
    ask,
    bearer,
    echo,
    nothing_there,
)

PAGE = (b"origin", SITE.encode())
VISITORS = IdentitySettings(
    anonymous=frozenset({"bitaca", "serverless"}), origins=frozenset({SITE}), trusted_proxies=("10.0.0.1",)
)


@pytest.mark.contract("B08", "B11", "B51")
async def test_the_sixty_first_call_of_a_minute_is_429_with_the_figures() -> None:
    edge = Edge(identity=VISITORS)
    front = edge.front(door=Door.BITACA)
    visitor = Asked(headers=[PAGE], peer="203.0.113.9")
    answers = [await ask(front, visitor) for _ in range(61)]
    assert [answer.status for answer in answers] == [200] * 60 + [429]
    assert [answers[0].header(f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset")] == ["60", "59", "1"]
    last = answers[-1]
    assert [last.header(f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset")] == ["60", "0", "60"]
    assert last.header("retry-after") == "1" and last.json()["error"]["message"] == "Rate limit exceeded"
    assert (await ask(front, visitor, peer="203.0.113.10")).status == 200
    edge.clock.time += 1
    assert [(await ask(front, visitor)).status for _ in range(2)] == [200, 429]


async def test_openais_figures_have_openais_names() -> None:
    front = Edge(usage=UsageSettings(key_per_minute=120)).front()
    answer = [await ask(front, headers=[bearer()]) for _ in range(3)][-1]
    assert answer.header("x-ratelimit-limit-requests") == "120"
    assert answer.header("x-ratelimit-remaining-requests") == "117"
    assert answer.header("x-ratelimit-reset-requests") == "2s"
    assert answer.header("x-ratelimit-limit") is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, b"0ms"), (0.02, b"20ms"), (0.9999, b"1s"), (1.0, b"1s"), (59.2, b"1m0s"), (61.0, b"1m1s")]
)
def test_a_reset_is_written_as_openai_does(seconds: float, text: bytes) -> None:
    from prosa.api.edge.rates import _duration

    assert _duration(seconds) == text


@pytest.mark.attack("J4")
async def test_a_limit_cant_be_walked_around() -> None:
    front = Edge(identity=VISITORS, usage=UsageSettings(bitaca_per_minute=1)).front(door=Door.BITACA)
    assert (await ask(front, headers=[PAGE], peer="203.0.113.9")).status == 200
    for name in (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip", b"X-Client-IP".lower()):
        for value in (b"198.51.100.1", b"for=198.51.100.1", b"127.0.0.1"):
            assert (await ask(front, headers=[PAGE, (name, value)], peer="203.0.113.9")).status == 429
    assert (await ask(front, headers=[PAGE], peer="203.0.113.9", http_version="1.0")).status == 429
    assert (await ask(front, headers=[PAGE], peer="203.0.113.9", query=b"a=1")).status == 429
    assert (await ask(front, headers=[PAGE], peer="::ffff:203.0.113.9")).status == 429
    assert (await ask(front, headers=[PAGE], peer="2001:db8::1")).status == 200
    assert (await ask(front, headers=[PAGE], peer="2001:db8::ffff:1")).status == 429
    forwarded = (b"x-forwarded-for", b"198.51.100.7")
    assert (await ask(front, headers=[PAGE, forwarded], peer="10.0.0.1")).status == 200
    assert (await ask(front, headers=[PAGE, forwarded], peer="10.0.0.1")).status == 429
    assert (await ask(front, headers=[PAGE, (b"x-forwarded-for", b"1.1.1.1"), forwarded], peer="10.0.0.1")).status == 429


async def test_each_key_has_its_own_count_wherever_it_calls_from() -> None:
    identity = IdentitySettings(keys=(KEY, ConfiguredKey("settings-2", "second-key-of-ours")))
    front = Edge(identity=identity, usage=UsageSettings(key_per_minute=1)).front()
    assert (await ask(front, headers=[bearer()], peer="203.0.113.1")).status == 200
    assert (await ask(front, headers=[bearer()], peer="203.0.113.2")).status == 429
    assert (await ask(front, headers=[bearer("second-key-of-ours")], peer="203.0.113.2")).status == 200


@pytest.mark.attack("C1", "B10")
async def test_keys_cant_be_tried_out_and_nobody_at_work_is_locked_out() -> None:
    edge = Edge(usage=UsageSettings(failed_per_minute=3))
    front = edge.front()
    assert (await ask(front, headers=[bearer()], peer="203.0.113.1")).status == 200
    for peer in ("203.0.113.1", "203.0.113.2"):
        assert [(await ask(front, headers=[bearer("wrong")], peer=peer)).status for _ in range(4)] == [401, 401, 401, 429]
    right, wrong = [await ask(front, headers=[bearer(key)], peer="203.0.113.2") for key in (SECRET, "wrong")]
    assert right.status == wrong.status == 429 and right.body == wrong.body
    hidden = {"x-request-id"}
    assert [field for field in right.fields if field[0] not in hidden] == [
        field for field in wrong.fields if field[0] not in hidden
    ]
    assert (await ask(front, headers=[bearer()], peer="203.0.113.1")).status == 200
    edge.clock.time += 21
    assert (await ask(front, headers=[bearer()], peer="203.0.113.2")).status == 200


async def test_wrong_keys_are_counted() -> None:
    edge = Edge(usage=UsageSettings(failed_per_minute=3))
    front = edge.front()
    assert [(await ask(front, headers=[bearer("wrong")])).status for _ in range(5)] == [401, 401, 401, 429, 429]
    text = front._parts.metrics.render().decode()
    assert 'prosa_auth_refusals_total{door="openai",reason="invalid_api_key"} 5' in text
    assert 'prosa_limiter_refusals_total{door="openai"} 2' in text


@pytest.mark.contract("S07")
async def test_s_charges_its_pairs_after_the_body_and_the_key_before() -> None:
    async def handler(exchange: Exchange) -> None:
        caller = exchange.caller
        assert caller is not None
        user = (await exchange.body()).decode()
        charge(exchange, f"{caller.space}|{user}", exchange.parts.usage.serverless_per_minute)
        await exchange.respond(200, b"{}")

    usage = UsageSettings(serverless_per_minute=2, serverless_key_per_minute=5)
    front = Edge(usage=usage).front(handler, Door.SERVERLESS)
    sent = [await ask(front, headers=[bearer()], pieces=[user]) for user in (b"ana", b"ana", b"ana", b"bia", b"bia", b"eva")]
    assert [answer.status for answer in sent] == [200, 200, 429, 200, 200, 429]
    assert sent[1].header("x-ratelimit-remaining") == "0" and sent[1].header("x-ratelimit-limit") == "2"
    assert sent[5].header("x-ratelimit-limit") == "5"


@pytest.mark.attack("C12")
@pytest.mark.parametrize(
    "name", [b"x-user-id", b"x-forwarded-user", b"x-remote-user", b"remote-user", b"cookie", b"x-forwarded-for"]
)
async def test_nobody_becomes_somebody_by_a_header(name: bytes) -> None:
    front = Edge().front()
    assert (await ask(front, headers=[(name, b"settings-1")])).status == 401
    answer = await ask(front, headers=[bearer(), (name, b"admin")])
    assert answer.json()["space"] == "settings-1"


@pytest.mark.attack("C12")
async def test_a_caller_behind_a_proxy_on_this_machine_is_not_on_this_machine() -> None:
    front = Edge(identity=IdentitySettings()).front()
    assert (await ask(front)).json()["kind"] == "local"
    for name in (b"x-forwarded-for", b"forwarded", b"via", b"x-real-ip", b"x-forwarded-proto", b"cf-ray", b"x-forwarded-host"):
        assert (await ask(front, headers=[(name, b"127.0.0.1")])).status == 401
    assert (await ask(front, headers=[(b"host", b"evil.example:3000")], host=False)).status == 401
    assert (await ask(front, peer="203.0.113.9")).status == 401
    assert (await ask(front, peer=None)).status == 401


@pytest.mark.attack("C2")
async def test_a_cookie_beside_a_key_changes_nothing() -> None:
    answer = await ask(Edge().front(), headers=[bearer(), (b"cookie", b"prosa_session=x; __Host-prosa=y")])
    assert answer.json()["space"] == "settings-1"


@pytest.mark.attack("C2", "B6")
async def test_a_ticket_is_looked_at_however_well_the_key_beside_it_is_known_and_only_where_nothing_changes() -> None:
    routes = {(method, HOT): Route(echo, access_of(Door.OPENAI), OpenAIShape()) for method in ("GET", "POST")}
    front = Front(routes, nothing_there, Edge().parts())
    both = Asked(headers=[bearer()], query=b"ticket=of-somebody-else")
    assert [(await ask(front, both)).status for _ in range(2)] == [200, 200]  # what may change something takes no ticket
    for _ in range(2):
        answer = await ask(front, both, method="GET")
        assert (answer.status, answer.json()["error"]["code"]) == (400, "two_credentials")
    alone = await ask(front, both, method="GET", headers=[])
    assert (alone.status, alone.json()["error"]["code"]) == (401, "invalid_api_key")
    assert (await ask(front, both, headers=[])).json()["error"]["code"] == "missing_api_key"

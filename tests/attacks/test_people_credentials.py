"""Credentials at the doors: forged, narrowed, lent, mislaid; whoever shows one gets what it was given for, and nothing else."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from prosa.drivers.vault import Keyring
from prosa.identity import OPERATOR, Account, Device, IdentityParts, NewAccount, NewKey, Reach, Role, Scope, TokenDialect
from tests.guard.operations import guarded
from tests.guard.world import PASSWORD, World, a_world
from tests.serving import Running, running

SECRET = "a-signing-secret-of-the-operator-0123456789"
QUIET = {
    "PROSA_REQUESTS_PER_MINUTE": "0",
    "PROSA_FAILED_PER_MINUTE": "0",
    "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0",
    "PROSA_SIGNIN_PER_MINUTE": "0",
}
DOORS = ("/api/me", "/v1/me", "/api/v1/me", "/v1/models")
DEVICE = Device("127.0.0.1", "tests")


@asynccontextmanager
async def somebody(**env: str) -> AsyncIterator[tuple[Running, httpx2.AsyncClient, Account]]:
    """A running prosa with an admin and Ana."""
    async with running(QUIET | env) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        accounts = prosa.system.people.identity.accounts
        await accounts.create(OPERATOR, NewAccount("root@example.com", PASSWORD, role=Role.ADMIN))
        yield prosa, client, await accounts.create(OPERATOR, NewAccount("ana@example.com", PASSWORD, username="ana", name="Ana"))


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], key: bytes, digest: str = "sha256") -> str:
    begun = f"{coded(json.dumps(header, separators=(',', ':')).encode())}.{coded(json.dumps(claims).encode())}"
    return f"{begun}.{coded(hmac.digest(key, begun.encode(), digest))}"


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def strange_heads(key: bytes) -> list[dict[str, Any]]:
    """Headers that ask for something."""
    header = {"alg": "HS256", "typ": "JWT"}
    return [
        *({"alg": "none", "typ": "JWT"}, {"alg": "None"}, {"alg": "HS512", "typ": "JWT"}, {"alg": "RS256", "typ": "JWT"}, {}),
        *(header | {"kid": kid} for kid in ("../../dev/null", "' UNION SELECT 'x", "0", "")),
        *(header | {"jku": "https://evil.example/k"}, header | {"x5u": "https://evil.example/c"}, header | {"crit": ["exp"]}),
        *(header | {"jwk": {"kty": "oct", "k": coded(key)}}, header | {"b64": False}, header | {"zip": "DEF"}, {"typ": "JWT"}),
    ]


def strange_claims() -> list[dict[str, Any]]:
    """Claims of another time, place or kind."""
    now = int(time.time())
    times = [("exp", now - 1), ("exp", now - 10**9), ("nbf", now + 9999), ("iat", now + 9999), ("exp", None), ("exp", 1e300)]
    kinds = [("iss", "evil"), ("aud", "multiuser"), ("typ", "refresh"), ("fam", "0" * 32), ("gen", "1"), ("exp", "9999999999")]
    return [{name: value} for name, value in (*times, *kinds, ("aud", ["chatai"]))]


def broken(good: str) -> list[str]:
    """Texts that are no whole token."""
    begun, payload, signature = good.split(".")
    body = f"{begun}.{payload}"
    return [
        *(f"{body}.", body, f"{begun}..{signature}", "..", "a.b.c", f"{good}.{signature}", f"{good}A", good[:-1], f"{good}="),
        *(good.replace(".", ".."), f"{good}.x.y", f"{begun}.{coded(b'{' * 3000)}.{signature}", "eyJ" + "A" * 4090),
        ".".join(["A" * 1300] * 3),
    ]


def forged(good: str, key: bytes) -> list[str]:
    """Tokens that say what the good one says, and were never given out."""
    claims, header = claims_of(good), {"alg": "HS256", "typ": "JWT"}
    wrong = (b"", b"secret", SECRET.encode()[:-1], hashlib.sha256(SECRET.encode()).digest())
    return [
        *(signed(head, claims, key) for head in strange_heads(key)),
        *(signed(header, claims | change, key) for change in strange_claims()),
        *(signed(header, claims, other) for other in wrong),
        signed(header, claims, key, "sha512"),
        *broken(good),
    ]


@pytest.mark.attack("B1", "B2")
async def test_no_forged_token_passes_any_door_and_each_is_refused_at_once() -> None:
    async with somebody(JWT_SECRET_KEY=SECRET) as (_, client, _ana):
        login = await client.post("/api/login", json={"username": "ana@example.com", "password": PASSWORD})
        good = login.json()["token"]
        assert (await client.get("/api/me", headers={"Authorization": f"Bearer {good}"})).status_code == 200
        for door in DOORS:
            spent = time.process_time()
            tokens = forged(good, SECRET.encode())
            for token in tokens:
                for headers in ({"Authorization": f"Bearer {token}"}, {"X-API-Key": token}):
                    answer = await client.get(door, headers=headers)
                    assert answer.status_code == 401, (door, token[:200])
            assert (time.process_time() - spent) / (2 * len(tokens)) < 0.005, "5 ms of CPU, the client's included"
        huge = await client.get("/api/me", headers={"Authorization": "Bearer " + "A" * 60_000})
        assert huge.status_code in (401, 431)


@pytest.mark.attack("B1", "C9")
async def test_a_key_for_one_purpose_signs_nothing_for_another() -> None:
    async with somebody(PROSA_SECRET="x1" * 20) as (prosa, client, _ana):
        login = await client.post("/api/login", json={"username": "ana@example.com", "password": PASSWORD})
        claims, header = claims_of(login.json()["token"]), {"alg": "HS256", "typ": "JWT"}
        keyring = Keyring.of(("x1" * 20,))
        right = signed(header, claims, keyring.derive("tokens"))
        assert (await client.get("/api/me", headers={"Authorization": f"Bearer {right}"})).status_code == 200
        for purpose in ("sessions", "keys", "cursors", "fields", "setup-code", "devices", "one-time", "check"):
            token = signed(header, claims, keyring.derive(purpose))
            assert (await client.get("/api/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401, purpose
        assert prosa.system.people.identity.settings.people.signing_secrets == ()


async def everything_of(people: IdentityParts, ana: Account) -> dict[str, str]:
    """One credential of every kind that Ana can have."""
    _, session = await people.sessions.start(ana.id, DEVICE)
    _, key = await people.keys.create(Reach(ana.id), NewKey(ana.id, "all", frozenset({Scope.READ, Scope.WRITE})))
    chatai = await people.tokens.issue(ana, TokenDialect.CHATAI, DEVICE)
    multiuser = await people.tokens.issue(ana, TokenDialect.MULTIUSER, DEVICE)
    assert chatai.refresh is not None
    return {
        "session": session,
        "key": key,
        "chatai": chatai.access,
        "refresh": chatai.refresh,
        "multiuser": multiuser.access,
        "reset": await people.accounts.issue_reset(OPERATOR, ana.id),
        "id": ana.id,
        "device": "d" * 43,
    }


@pytest.mark.attack("B2", "C2")
async def test_each_credential_is_good_in_its_own_place_alone() -> None:
    async with somebody() as (prosa, client, ana):
        people = prosa.system.people.identity
        texts = await everything_of(people, ana)
        ticket = (await client.post("/api/v1/auth/tickets", json={"path": "/v1/me"}, headers=bearer(texts["key"]))).json()[
            "ticket"
        ]
        texts["ticket"] = ticket
        bearers = {
            "/api/me": {"chatai", "key"},
            "/v1/me": {"chatai", "multiuser", "key"},
            "/api/v1/me": {"chatai", "multiuser", "key"},
        }
        for door in ("/api/me", "/v1/me", "/api/v1/me"):
            for name, text in texts.items():
                for headers in (bearer(text), {"X-API-Key": text}, {"api-key": text}):
                    status = (await client.get(door, headers=headers)).status_code
                    assert status == (200 if name in bearers[door] else 401), (door, name, headers)
                right = 200 if name == "session" and door != "/api/me" else 401
                cookie = await client.get(door, headers={"Cookie": f"prosa_session={text}"})
                assert cookie.status_code == right, (door, name)
        for name in set(texts) - {"refresh", "chatai"}:
            answer = await client.post("/api/refresh", json={"refresh_token": texts[name]})
            assert answer.status_code == 401, name
        for name in set(texts) - {"reset"}:
            answer = await client.post(
                "/api/v1/auth/password-reset/confirm", json={"token": texts[name], "password": "a" * 20 + " b"}
            )
            assert answer.status_code in (400, 422), name
        assert (await client.get("/v1/me", params={"ticket": ticket})).status_code == 200, "good once"
        assert (await client.get("/v1/me", params={"ticket": ticket})).status_code == 401


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.attack("B2", "C2")
async def test_a_ticket_is_good_for_one_get_of_its_own_path() -> None:
    async with somebody() as (prosa, client, ana):
        key = bearer((await everything_of(prosa.system.people.identity, ana))["key"])

        async def ticket(path: str) -> str:
            made = await client.post("/api/v1/auth/tickets", json={"path": path}, headers=key)
            return str(made.json().get("ticket"))

        for path in ("/v1/models", "/api/v1/me/", "/API/v1/me", "//api/v1/me", "/api/v1/me%2f", "/"):
            assert (await client.get("/api/v1/me", params={"ticket": await ticket(path)})).status_code in (401, 400), path
        for odd in ("/api/v1/me?x=1", "api/v1/me", "https://evil.example/", "/api/v1/me#x", "", "/a\nb"):
            assert await ticket(odd) == "None", odd
        text = await ticket("/api/v1/me")
        twice = await client.get(f"/api/v1/me?ticket={text}&ticket={text}")
        both = await client.get(f"/api/v1/me?ticket={text}", headers=key)
        posted = await client.request("PATCH", f"/api/v1/me?ticket={text}", json={"name": "Eva"})
        assert (twice.status_code, both.status_code, posted.status_code) == (400, 400, 401)
        assert (await client.get(f"/api/v1/me?ticket={text}")).json()["name"] == "Ana"
        assert (await client.get(f"/api/v1/me?ticket={text}")).status_code == 401
        admin_path = await ticket("/api/v1/users")
        assert (await client.get(f"/api/v1/users?ticket={admin_path}")).status_code == 403, "worth what its key is worth"
        assert text not in prosa.log.getvalue()


@pytest.mark.attack("B2", "A17")
async def test_a_ticket_of_a_token_ends_when_the_token_does() -> None:
    async with somebody(JWT_ACCESS_TOKEN_EXPIRES="2") as (prosa, client, ana):
        pair = await prosa.system.people.identity.tokens.issue(ana, TokenDialect.CHATAI, DEVICE)

        async def ticket() -> str:
            made = await client.post("/api/v1/auth/tickets", json={"path": "/v1/me"}, headers=bearer(pair.access))
            return str(made.json()["ticket"])

        first, second = await ticket(), await ticket()
        assert (await client.get("/v1/me", params={"ticket": first})).status_code == 200
        await asyncio.sleep(max(0.0, pair.expires_at.timestamp() - time.time()) + 0.05)
        assert (await client.get("/v1/me", params={"ticket": second})).status_code == 401


@pytest.mark.attack("C12", "C2")
async def test_nobody_is_somebody_or_somewhere_else_because_a_header_says_so() -> None:
    async with somebody() as (prosa, client, ana):
        people = prosa.system.people.identity
        texts = await everything_of(people, ana)
        root = await people.accounts.by_email(OPERATOR, "root@example.com")
        assert root is not None
        names = (
            *("X-User-Id", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Auth-Request-Email", "X-Account-Id", "From"),
            *("X-User", "X-Role", "X-Prosa-User", "X-Authenticated-User", "X-WebAuth-User", "X-Forwarded-Email", "OpenAI-User"),
        )
        spoofed = {name: value for name in names for value in (root.id, "root@example.com")}
        assert (await client.get("/api/v1/me", headers=spoofed)).status_code == 401
        for shown in (bearer(texts["key"]), {"Cookie": f"prosa_session={texts['session']}"}):
            assert (await client.get("/api/v1/me", headers=spoofed | shown)).json()["email"] == "ana@example.com"
            assert (await client.get("/api/v1/users", headers=spoofed | shown)).status_code == 403
        wish = NewKey(ana.id, "from there", frozenset({Scope.READ}), addresses=("192.0.2.0/24",))
        _, bound = await people.keys.create(Reach(ana.id), wish)
        forwards = ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP")
        for name in forwards:
            assert (await client.get("/v1/me", headers=bearer(bound) | {name: "192.0.2.7"})).status_code == 401, name
        said = {"Forwarded": "for=192.0.2.7;host=x"}
        assert (await client.get("/v1/me", headers=bearer(bound) | said)).status_code == 401


@pytest.mark.attack("C12", "C2")
@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"X-Forwarded-For": "192.0.2.7"}, 200),
        ({"X-Forwarded-For": "192.0.2.7, 203.0.113.9"}, 401),  # the client wrote the first itself
        ({"X-Forwarded-For": "192.0.2.7, garbage"}, 401),
        ({"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=203.0.113.9"}, 401),
        ({"X-Forwarded-For": "203.0.113.9", "CF-Connecting-IP": "192.0.2.7"}, 401),
        ({"X-Forwarded-For": "::ffff:192.0.2.7"}, 200),
        ({"X-Forwarded-For": "192.0.2.7x"}, 401),
        ({}, 401),
    ],
)
async def test_behind_a_named_proxy_a_key_counts_from_where_the_proxy_says_alone(said: dict[str, str], status: int) -> None:
    async with somebody(PROSA_TRUSTED_PROXIES="127.0.0.1") as (prosa, client, ana):
        wish = NewKey(ana.id, "from there", frozenset({Scope.READ}), addresses=("192.0.2.0/24",))
        _, bound = await prosa.system.people.identity.keys.create(Reach(ana.id), wish)
        for _ in range(2):  # the second is recognised from memory
            assert (await client.get("/v1/me", headers=bearer(bound) | said)).status_code == status
            good = await client.get("/v1/me", headers=bearer(bound) | {"X-Forwarded-For": "192.0.2.9"})
            assert good.status_code == 200


@pytest.mark.slow
@pytest.mark.attack("C3", "A6")
async def test_a_stolen_admins_key_makes_no_admin_no_key_no_session_and_no_link() -> None:
    async with a_world("sqlite") as world:
        people = world.identity
        admin = world.callers["the admin"].account_id
        assert admin is not None
        _, text = await people.keys.create(OPERATOR, NewKey(admin, "stolen", frozenset(Scope)))
        number = 0
        wishes: tuple[dict[str, object], ...] = ({}, {"role": "admin"})
        for operation in guarded():
            for more in wishes if operation.method not in ("DELETE", "GET") else ():
                number += 1
                owner = await world.person(f"owner-{number}@example.com")
                things = await world.things(operation.parameters, owner)
                before = await powers(world)
                body = {**operation.body, **more} if isinstance(operation.body, dict) else operation.body
                headers = bearer(text) | {"If-Match": "*", "Content-Type": "application/json"}
                sent = json.dumps(body) if body is not None else None
                answer = await world.client.request(operation.method, operation.at(things), content=sent, headers=headers)
                assert answer.status_code < 500
                assert await powers(world) <= before, (operation.name, more, answer.status_code)
        eva = await people.accounts.create(OPERATOR, NewAccount("evil@example.com", PASSWORD, role=Role.ADMIN))
        await people.accounts.suspend(OPERATOR, eva.id)
        back = await world.client.delete(f"/api/v1/users/user_{eva.id}/suspension", headers=bearer(text))
        assert back.status_code == 403, "an admin who was shut out is not let in again by a program"


async def powers(world: World) -> set[object]:
    """Who is an active admin, and every credential that gives somebody a way in."""
    fetch = world.prosa.system.people.database.fetch
    found: set[object] = set()
    for query in (
        "SELECT 'admin', id FROM accounts WHERE role = 'admin' AND status = 'active'",
        "SELECT 'key', id FROM api_keys WHERE revoked_at IS NULL",
        "SELECT 'session', id FROM sessions",
        "SELECT 'link', digest FROM one_time_tokens WHERE purpose <> 'ticket'",
        "SELECT 'invite', id FROM invites WHERE role = 'admin'",
        "SELECT 'family', id FROM token_families WHERE revoked_at IS NULL",
    ):
        found |= set(await fetch(query))
    return found


@pytest.mark.attack("C14")
async def test_what_is_open_to_everybody_tells_nothing_of_people() -> None:
    async with somebody(PROSA_METRICS_TOKEN="a-token-for-the-figures-0123456789") as (prosa, client, ana):
        texts = await everything_of(prosa.system.people.identity, ana)
        for headers in (bearer(texts["key"]), bearer(texts["chatai"]), {"Cookie": f"prosa_session={texts['session']}"}):
            for path in ("/v1/me", "/api/v1/me", "/api/v1/users/user_" + ana.id, "/api/v1/keys"):
                await client.get(path, headers=headers)
        far = {"X-Forwarded-For": "203.0.113.7"}
        paths = ("/metrics", "/health", "/api/health", "/v1/health", "/v1/ready", "/docs", "/redoc", "/openapi.json", "/")
        for path in (*paths, "/debug", "/api/v1/auth/options", "/register", "/account", "/stats", "/api/stats", "/api/info"):
            for asked in (far, far | bearer(texts["key"]), {"Authorization": "Bearer a-token-for-the-figures-0123456789"}):
                answer = await client.get(path, headers=asked)
                text = str(answer.headers) + answer.text
                told = [name for name, secret in texts.items() if secret in text]
                assert not told and "root@example.com" not in text, (path, told)
        assert (await client.get("/metrics", headers=far | bearer(texts["key"]))).status_code in (401, 403, 404)

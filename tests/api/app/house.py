"""A running prosa with people in it, each in a browser of their own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from prosa.identity import OPERATOR, Account, Device, NewAccount, NewKey, Role, Scope
from tests.serving import Running, running

PASSWORD = "correct horse battery staple"
CODE = "K7QD-AAAA-BBBB-CCCC"
UNHURRIED = {"PROSA_SETUP_CODE": CODE, "PROSA_SIGNIN_PER_MINUTE": "0", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
PAGE = {"x-prosa-csrf": "1", "sec-fetch-site": "same-origin"}  # what prosa's own pages send, and what browsers add


@dataclass
class Person:
    """Somebody signed in, by the browser that they sit before."""

    account: Account
    browser: httpx2.AsyncClient

    @property
    def id(self) -> str:
        """As the API shows it."""
        return f"user_{self.account.id}"

    async def ask(self, method: str, path: str, body: object = None, **fields: Any) -> httpx2.Response:
        """A request as prosa's own pages send it."""
        return await self.browser.request(method, f"/api/v1{path}", json=body, **fields)


@dataclass
class House:
    """The server, and the ways into it."""

    prosa: Running
    stack: AsyncExitStack
    password_hash: str = ""
    people: list[Person] = field(default_factory=list)

    async def browser(self, **headers: str) -> httpx2.AsyncClient:
        """A browser without cookies, on a page of prosa's own; header names with `_` for `-`."""
        named = PAGE | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.stack.enter_async_context(httpx2.AsyncClient(base_url=self.prosa.base, headers=named, timeout=30))

    async def person(self, name: str, role: Role = Role.USER, **fields: Any) -> Person:
        """Somebody new, signed in, whose password is PASSWORD."""
        identity = self.prosa.system.people.identity
        if not self.password_hash:
            self.password_hash = await identity.passwords.hash(PASSWORD)
        wish = NewAccount(f"{name}@example.com", name=name, role=role, password_hash=self.password_hash, **fields)
        account = await identity.accounts.create(OPERATOR, wish)
        _, token = await identity.sessions.start(account.id, Device("127.0.0.1", f"{name}'s browser"))
        browser = await self.browser()
        browser.cookies.set("prosa_session", token, domain="127.0.0.1")
        person = Person(account, browser)
        self.people.append(person)
        return person

    async def key(self, person: Person, *scopes: Scope, name: str = "program") -> str:
        """The text of a new key of somebody."""
        wish = NewKey(person.account.id, name, frozenset(scopes))
        return (await self.prosa.system.people.identity.keys.create(OPERATOR, wish))[1]

    async def program(self, text: str) -> httpx2.AsyncClient:
        """A program that calls with a key."""
        client = httpx2.AsyncClient(base_url=self.prosa.base, headers={"authorization": f"Bearer {text}"}, timeout=30)
        return await self.stack.enter_async_context(client)


@asynccontextmanager
async def house(env: Mapping[str, str] | None = None) -> AsyncIterator[House]:
    """A house without people; nobody is slowed down in it."""
    async with AsyncExitStack() as stack:
        settings = {"PROSA_SETUP_CODE": CODE, "PROSA_SIGNIN_PER_MINUTE": "0", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"} | dict(
            env or {}
        )
        yield House(await stack.enter_async_context(running(settings)), stack)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of an answer that is a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code and told["request_id"] == answer.headers["x-request-id"] and told["detail"]
    return answer.status_code, told["code"]

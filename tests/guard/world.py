"""A running prosa with people in it, whose things everybody else tries to reach."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, nullcontext
from dataclasses import dataclass, field
from typing import Any

import httpx2

from prosa.administration import Actor, ProviderDraft
from prosa.conversations import ExportStarter, ExportWish, Format, Importer, Rating, Share, ShareWish, summary_body
from prosa.drivers.journal import Statement
from prosa.identity import OPERATOR, Caller, CallerKind, Device, IdentityParts, Reach, Role, Scope
from prosa.identity.accounts import Account, AccountChanges, NewAccount
from prosa.identity.api_keys import NewKey
from prosa.identity.invites import NewInvite
from prosa.kit.ids import new_object_id, uuid_form
from prosa.knowledge import Addition, NewStore
from prosa.knowledge import Maker as StoreMaker
from prosa.prompts import Wish
from tests.databases import an_address, environment
from tests.serving import Running, running

PASSWORD = "correct horse battery staple"  # as all of them
# What a role and a narrow credential may do, written down once more: the tests must not believe the table that they test.
OF_PERSON = frozenset(
    {
        *("models:call", "models:read", "interactions:read:own", "me:read:own", "me:write:own"),
        *("sessions:read:own", "sessions:write:own", "keys:read:own", "keys:write:own"),
        *("runs:read:own", "conversations:read:own", "files:read:own"),
        *("runs:write:own", "conversations:write:own", "files:write:own"),
        *("usage:read:own", "data:read:own", "data:erase:own"),
        *("assistants:read:own", "assistants:write:own"),
    }
)
OF_ADMIN = (
    OF_PERSON
    | {"users:read", "users:write", "invites:read", "invites:write", "keys:read", "keys:write"}
    | {"sessions:read", "sessions:write"}
    | {"users:grant-admin", "users:reset-password", "usage:read"}
    | {"providers:read", "providers:write", "settings:read", "settings:write", "system:read", "prompts:publish"}
)
OF_NARROW_KEY = frozenset(
    {
        *("models:read", "interactions:read:own", "me:read:own", "runs:read:own", "conversations:read:own", "files:read:own"),
        *("usage:read:own", "assistants:read:own"),
    }
)
# Tables and columns that change by the mere look of somebody: when a credential was last used, until when a process counts
# as alive.
FOLLOWING = (
    "search_",
    "passage_words",
    "job",
    "usage_",
    "activity_",
)  # tables that follow what is stored in their own time, or plan work
RESTLESS = {
    "sessions": {"last_used_at", "address"},
    "api_keys": {"last_used_at", "last_used_address"},
    "run_drivers": {"lease_until"},
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who calls: what they send along, whose role they have, what exactly they may do."""

    name: str
    headers: dict[str, str]
    role: frozenset[str]
    may: frozenset[str]
    account_id: str | None = None

    @property
    def unknown(self) -> bool:
        """Whether nobody must recognise them."""
        return not self.role


@dataclass
class World:
    """Ana owns things; the others want them."""

    prosa: Running
    client: httpx2.AsyncClient
    identity: IdentityParts
    ana: Account
    callers: dict[str, Identity] = field(default_factory=dict)
    every: int = 1  # so-manieth operation is tried
    reading: dict[str, str] = field(default_factory=dict)  # by table; asked for once: nobody changes the tables
    seen: tuple[object, dict[str, str]] = (None, {})  # up to which change of the database it was last read, and its digests
    watch: sqlite3.Connection | None = None  # hears of each change of the file

    async def things(self, names: tuple[str, ...], owner: Account) -> dict[str, str]:
        """A value for each parameter of a path: an id of something of `owner`'s, as the API shows it."""
        found = {}
        for name in names:
            maker = MAKERS.get(name)
            assert maker is not None, f"teach tests/guard/world.py to make what {{{name}}} stands for"
            found[name] = await maker(self, owner)
        return found

    async def person(self, email: str, role: Role = Role.USER) -> Account:
        """One more person."""
        return await self.identity.accounts.create(OPERATOR, NewAccount(email, PASSWORD, role=role))

    async def signed_in(self, account: Account, path: str) -> Identity:
        """The person, at a browser where the path knows cookies, else with a program."""
        browser = path.startswith(("/api/v1/", "/api/user/", "/v1/models", "/v1/me"))
        shown = await _cookie(self, account) if browser else await _bearer(self, account, Scope.READ, Scope.WRITE)
        return Identity(account.name, shown, OF_PERSON, OF_PERSON, account.id)

    async def content(self) -> dict[str, str]:
        """A digest of everything that is stored, by table, but for what changes by itself."""
        found = {}
        await self._quiet()
        await self.prosa.system.metering.recorder.flush()  # calls are written down a moment after their end
        if self.prosa.system.indexer is not None:
            assert await self.prosa.system.indexer.settle()  # and what was said is indexed a moment later
        database = self.prosa.system.people.database
        change = await self._change()
        if change == self.seen[0]:
            return self.seen[1]
        if not self.reading:
            self.reading = {table: await self._everything_of(table) for table in await _tables(database.kind, database.fetch)}
        for table, statement in self.reading.items():
            if table.startswith(FOLLOWING) and table not in ("usage_calls",):
                continue
            rows = await database.fetch(statement)
            found[table] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
        self.seen = (change, found)
        return found

    async def changed_since(self, before: dict[str, str]) -> list[str]:
        """The tables that hold something else than then."""
        now = await self.content()
        return [table for table, digest in now.items() if before.get(table) != digest]

    async def _change(self) -> object:
        """What is another thing after each change of the database."""
        if self.watch is not None:
            return self.watch.execute("PRAGMA data_version").fetchone()[0]
        return (await self.prosa.system.people.database.fetch("SELECT pg_current_wal_insert_lsn()::text"))[0][0]

    async def _everything_of(self, table: str) -> str:
        """A query of a table, but for what changes by itself."""
        database = self.prosa.system.people.database
        columns = sorted(set(await _columns(database.kind, database.fetch, table)) - RESTLESS.get(table, set()))
        names = ", ".join(f'"{name}"' for name in columns)
        return f"SELECT {names} FROM {table}"

    async def _quiet(self) -> None:
        """Until what was begun has ended: an answer behind a request, and the title that its conversation gets of it."""
        features = self.prosa.system.features
        for _ in range(4_000):
            if not (features.upkeep.busy or features.runs.live):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("something is still at work after 20 s")


_SUMMARIZED = Statement(
    "INSERT INTO items (id, space, conversation_id, made, type, body, created_at, position, covers)"
    " VALUES ($1, $2, $3, TRUE, 'prosa:summary', $4, 0, 0, $5)"
)
Fetch = Callable[..., Coroutine[Any, Any, list[tuple[object, ...]]]]


async def _tables(kind: str, fetch: Fetch) -> list[str]:
    if kind == "sqlite":
        rows = await fetch("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        rows = await fetch("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    return sorted(str(row[0]) for row in rows)


async def _columns(kind: str, fetch: Fetch, table: str) -> list[str]:
    if kind == "sqlite":
        rows = await fetch("SELECT name FROM pragma_table_info($1)", table)
    else:
        rows = await fetch("SELECT column_name::text FROM information_schema.columns WHERE table_name = $1", table)
    return [str(row[0]) for row in rows]


async def _user(world: World, owner: Account) -> str:
    return f"user_{owner.id}"


async def _key(world: World, owner: Account) -> str:
    number = len((await world.identity.keys.list(Reach(owner.id))).items)
    key, _ = await world.identity.keys.create(Reach(owner.id), NewKey(owner.id, f"key {number}", frozenset({Scope.READ})))
    return f"key_{key.id}"


async def _nobodys_link(world: World, owner: Account) -> str:
    return "A" * 43  # links that sign in come with an installation alone


async def _session(world: World, owner: Account) -> str:
    session, _ = await world.identity.sessions.start(owner.id, Device("192.0.2.1", "a browser"))
    return f"sess_{session.id}"


async def _invite(world: World, owner: Account) -> str:
    invite, _ = await world.identity.invites.create(OPERATOR, None, NewInvite(None, Role.USER))
    return f"inv_{invite.id}"


async def _model(world: World, owner: Account) -> str:
    return "mock"


async def _conversation(world: World, owner: Account) -> str:
    made = await world.prosa.system.features.conversations.create(owner.id, b'{"topic":"burros"}', [_MESSAGE])
    return f"conv_{made.id}"


async def _thread(world: World, owner: Account) -> str:
    return (await _conversation(world, owner)).replace("conv_", "thread_")


async def _trashed(world: World, owner: Account) -> str:
    features, shown = world.prosa.system.features, await _conversation(world, owner)
    await features.shelf.to_trash(owner.id, shown.removeprefix("conv_"), features.runs.cancel)
    return shown


async def _folder(world: World, owner: Account) -> str:
    return f"folder_{(await world.prosa.system.features.shelf.folders.create(owner.id, f'folder {new_object_id()}')).id}"


async def _memory(world: World, owner: Account) -> str:
    return f"mem_{(await world.prosa.system.features.memory.add(owner.id, 'burros')).id}"


async def _summary(world: World, owner: Account) -> str:
    """A summary in the conversation that was made last: paths name that before."""
    newest = "SELECT id, head_id FROM conversations WHERE space = $1 ORDER BY created_at DESC, id LIMIT 1"
    [[conversation, head]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    id = new_object_id()
    row = (id, owner.id, conversation, summary_body("burros").decode(), head)
    await world.prosa.system.people.journal.append(_SUMMARIZED, row)
    return f"item_{id}"


async def _item(world: World, owner: Account) -> str:
    """An item of the conversation that was made last: paths name that before."""
    newest = "SELECT id FROM conversations WHERE space = $1 ORDER BY created_at DESC, id LIMIT 1"
    [[conversation]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    [item] = await world.prosa.system.features.conversations.items_of(owner.id, str(conversation))
    return f"msg_{item.id}"


async def _file(world: World, owner: Account) -> str:
    async with world.prosa.system.features.files.upload(owner.id) as upload:
        await upload.receive("a.txt", None, _pieces())
        return f"file-{(await upload.keep('user_data')).id}"


async def _vector_store(world: World, owner: Account) -> str:
    return f"vs_{(await world.prosa.system.features.stores.create(StoreMaker(owner.id), NewStore('burros'))).id}"


async def _file_batch(world: World, owner: Account) -> str:
    """A batch of one file in the store that was made last: paths name that before."""
    newest = "SELECT id FROM vector_stores WHERE space = $1 ORDER BY created_at DESC, id LIMIT 1"
    [[store]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    features, file = world.prosa.system.features, (await _file(world, owner)).removeprefix("file-")
    batch = await features.stores.files.add(StoreMaker(owner.id), str(store), [Addition(file)])
    await features.runs.finished(await features.runs.get(owner.id, batch.id))
    return f"vsfb_{batch.id}"


async def _stored_file(world: World, owner: Account) -> str:
    batch = (await _file_batch(world, owner)).removeprefix("vsfb_")
    [[file]] = await world.prosa.system.people.database.fetch("SELECT file_id FROM vector_store_files WHERE batch_id = $1", batch)
    return f"file-{file}"


async def _pieces() -> AsyncIterator[bytes]:
    yield b"of the owner alone"


async def _completion(world: World, owner: Account) -> str:
    body = {"model": "mock", "store": True, "messages": [{"role": "user", "content": "of the owner alone"}]}
    wish = NewKey(owner.id, f"for {new_object_id()}", frozenset({Scope.WRITE}))
    _, text = await world.identity.keys.create(Reach(owner.id), wish)
    answer = await world.client.post("/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {text}"})
    return str(answer.json()["id"])


async def _response(world: World, owner: Account) -> str:
    """A response that has ended."""
    wish = NewKey(owner.id, f"for {new_object_id()}", frozenset({Scope.WRITE}))
    _, text = await world.identity.keys.create(Reach(owner.id), wish)
    asked = {"model": "mock", "input": "of the owner alone"}
    made = await world.client.post("/v1/responses", json=asked, headers={"Authorization": f"Bearer {text}"})
    return str(made.json()["id"])


async def _run(world: World, owner: Account) -> str:
    return (await _response(world, owner)).replace("resp_", "run_")


async def _thread_run(world: World, owner: Account) -> str:
    """A run, that has ended, in the thread that was made last: paths name that before."""
    newest = "SELECT id FROM conversations WHERE space = $1 ORDER BY created_at DESC, id LIMIT 1"
    [[conversation]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    key = await world.identity.keys.create(Reach(owner.id), NewKey(owner.id, f"for {new_object_id()}", frozenset({Scope.WRITE})))
    asked = {"model": "mock", "input": "of the owner alone", "conversation": f"conv_{conversation}"}
    made = await world.client.post("/v1/responses", json=asked, headers={"Authorization": f"Bearer {key[1]}"})
    return str(made.json()["id"]).replace("resp_", "run_")


async def _step(world: World, owner: Account) -> str:
    """What the run did that was made last."""
    newest = "SELECT id FROM items WHERE space = $1 AND made AND type = 'message' ORDER BY number DESC LIMIT 1"
    [[item]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    return f"step_{item}"


async def _export(world: World, owner: Account) -> str:
    """An export that has ended."""
    features = world.prosa.system.features
    run = await features.exports.start(ExportStarter(owner.id), ExportWish(format=Format.JSON))
    return f"run_{(await features.runs.finished(run)).id}"


async def _import(world: World, owner: Account) -> str:
    """A dry run of an import, that has ended."""
    features = world.prosa.system.features
    importer = Importer(owner.id)
    file = await features.imports.keep(importer, "chats.json", _chats())
    return f"run_{(await features.runs.finished(await features.imports.start(importer, file, dry_run=True))).id}"


async def _chats() -> AsyncIterator[bytes]:
    yield b"[]"


async def _assistant(world: World, owner: Account) -> str:
    """An assistant of one version."""
    key = await world.identity.keys.create(Reach(owner.id), NewKey(owner.id, f"for {new_object_id()}", frozenset({Scope.WRITE})))
    body = {"model": "mock", "name": "of the owner alone"}
    made = await world.client.post("/v1/assistants", json=body, headers={"Authorization": f"Bearer {key[1]}"})
    return str(made.json()["id"])


async def _version(world: World, owner: Account) -> str:
    return "1"


async def _number(world: World, owner: Account) -> str:
    return str(owner.number)


async def _uuid(world: World, owner: Account) -> str:
    return uuid_form((await _conversation(world, owner)).removeprefix("conv_"))


async def _answer(world: World, owner: Account) -> str:
    """An answer in the conversation that was made last, and what its owner thinks of it."""
    newest = "SELECT id FROM conversations WHERE space = $1 ORDER BY created_at DESC, id LIMIT 1"
    [[conversation]] = await world.prosa.system.people.database.fetch(newest, owner.id)
    features = world.prosa.system.features
    [answer] = await features.conversations.add_items(owner.id, str(conversation), [_MESSAGE.replace(b"user", b"assistant")])
    await features.opinions.put(owner.id, str(conversation), answer.id, Rating.UP)
    return f"msg_{answer.id}"


async def _share(world: World, owner: Account) -> str:
    return f"share_{(await _shared(world, owner))[0].id}"


async def _share_token(world: World, owner: Account) -> str:
    return (await _shared(world, owner))[1]


async def _shared(world: World, owner: Account) -> tuple[Share, str]:
    wish = ShareWish((await _conversation(world, owner)).removeprefix("conv_"))
    return await world.prosa.system.features.sharing.create(owner.id, wish)


async def _file_number(world: World, owner: Account) -> str:
    return "0"


async def _provider(world: World, owner: Account) -> str:
    """One that is switched off, so that nobody is asked elsewhere than before."""
    name = f"lab-{new_object_id()[:8]}"
    draft = ProviderDraft(name, "openai_compatible", "https://llm.example/v1", enabled=False)
    return (await world.prosa.system.administration.providers.create(Actor(), draft)).name


async def _question(world: World, owner: Account) -> object:
    return {"conversationId": await _uuid(world, owner), "message": "hello"}


async def _link(world: World, owner: Account) -> object:
    return {"token": await _share_token(world, owner)}


async def _data_proof(world: World, owner: Account) -> str:
    return world.prosa.system.features.privacy.prove(owner.id)


_MESSAGE = b'{"type":"message","role":"user","status":"completed","content":[{"type":"input_text","text":"hello"}]}'
Maker = Callable[[World, Account], Coroutine[Any, Any, str]]


async def _prompt(world: World, owner: Account) -> str:
    caller = Caller(CallerKind.SESSION, owner.id, "", "")
    wish = Wish(name="burros", command=f"burros-{new_object_id()[:12]}", text="{{animal}}")
    return (await world.prosa.system.features.prompts.create(caller, wish)).shown


MAKERS: dict[str, Maker] = {
    "user_id": _user,
    "key_id": _key,
    "link_token": _nobodys_link,
    "session_id": _session,
    "invite_id": _invite,
    "model": _model,
    "completion_id": _completion,
    "file_id": _file,
    "vector_store_id": _vector_store,
    "stored_file_id": _stored_file,
    "batch_id": _file_batch,
    "conversation_id": _conversation,
    "item_id": _item,
    "thread_id": _thread,
    "message_id": _item,
    "trashed_id": _trashed,
    "folder_id": _folder,
    "memory_id": _memory,
    "summary_id": _summary,
    "response_id": _response,
    "run_id": _run,
    "thread_run_id": _thread_run,
    "step_id": _step,
    "data_proof": _data_proof,
    "export_id": _export,
    "import_id": _import,
    "person_number": _number,
    "assistant_id": _assistant,
    "version_number": _version,
    "conversation_uuid": _uuid,
    "answer_id": _answer,
    "share_id": _share,
    "share_token": _share_token,
    "file_number": _file_number,
    "provider_name": _provider,
    "prompt_id": _prompt,
}


async def _message_of_talk(world: World, owner: Account) -> object:
    talk = (await _conversation(world, owner)).removeprefix("conv_")[:24]
    return {"talk_id": talk, "content": "burros", "type": "user"}


async def _name_of_talk(world: World, owner: Account) -> object:
    return {"talk_id": (await _conversation(world, owner)).removeprefix("conv_")[:24], "name": "burros"}


async def _wish(world: World, owner: Account) -> object:
    return {"assistant_id": await _assistant(world, owner)}


async def _wish_with_thread(world: World, owner: Account) -> object:
    thread = {"messages": [{"role": "user", "content": "burros"}]}
    return {"assistant_id": await _assistant(world, owner), "thread": thread}


async def _file_of_store(world: World, owner: Account) -> object:
    return {"file_id": await _file(world, owner)}


async def _files_of_store(world: World, owner: Account) -> object:
    return {"file_ids": [await _file(world, owner)]}


async def _chat_body(world: World, owner: Account) -> object:
    return {"assistant_id": await _assistant(world, owner), "message": "Oi"}


# Bodies that name a thing of their sender's: the document's example can't.
BODIES: dict[str, Callable[[World, Account], Coroutine[Any, Any, object]]] = {
    "POST /api/chat": _chat_body,
    "POST /chat": _question,
    "POST /v1/threads/runs": _wish_with_thread,
    "POST /v1/threads/{thread_id}/runs": _wish,
    "POST /v1/vector_stores/{vector_store_id}/files": _file_of_store,
    "POST /v1/vector_stores/{vector_store_id}/file_batches": _files_of_store,
    "POST /api/message": _message_of_talk,
    "PUT /api/talk": _name_of_talk,
    "POST /api/v1/share-copies": _link,
}
NOBODYS = frozenset({"model", "version_number"})  # names of things that belong to nobody


@asynccontextmanager
async def a_world(kind: str, every: int = 1) -> AsyncIterator[World]:
    """The world, over a database of this kind; each so-manieth operation is tried in it."""
    with an_address(kind) as address:
        quiet = {"PROSA_REQUESTS_PER_MINUTE": "0", "PROSA_FAILED_PER_MINUTE": "0", "RATE_LIMIT_PER_MINUTE": "0"}
        async with running(quiet | dict(environment(address))) as prosa:
            # A forwarding header: whoever calls is on another machine, so that nothing is open for being near.
            far = {"X-Forwarded-For": "203.0.113.7", "X-Request-Id": "the-same-for-all"}
            async with httpx2.AsyncClient(base_url=prosa.base, timeout=30, headers=far) as client:
                identity = prosa.system.people.identity
                accounts = identity.accounts
                ana = await accounts.create(OPERATOR, NewAccount("ana@example.com", PASSWORD, name="Ana"))
                with closing(sqlite3.connect(address.path)) if address.path is not None else nullcontext() as watch:
                    world = World(prosa, client, identity, ana, every=every, watch=watch)
                    await _populate(world)
                    yield world


async def _populate(world: World) -> None:
    accounts = world.identity.accounts
    admin, bia, eva, zoe = [
        await world.person(email, role)
        for email, role in (
            ("admin@example.com", Role.ADMIN),
            ("bia@example.com", Role.ADMIN),
            ("eva@example.com", Role.USER),
            ("zoe@example.com", Role.ADMIN),
        )
    ]
    bias_admin_key = await _bearer(world, bia, Scope.READ, Scope.WRITE, Scope.ADMIN)
    await accounts.change(OPERATOR, bia.id, AccountChanges(role=Role.USER), None)
    suspended = [await _cookie(world, eva), await _bearer(world, eva, Scope.READ, Scope.WRITE)]
    demoted = await _cookie(world, zoe)
    await accounts.suspend(OPERATOR, eva.id)
    await accounts.change(OPERATOR, zoe.id, AccountChanges(role=Role.USER), None)
    nobody = frozenset[str]()
    writes = frozenset({"runs:write:own", "conversations:write:own", "files:write:own", "assistants:write:own"})
    both = writes | {"models:call"} | OF_NARROW_KEY
    callers = [
        Identity("anonymous", {}, nobody, nobody),
        Identity("a suspended session", suspended[0], nobody, nobody),
        Identity("a suspended key", suspended[1], nobody, nobody),
        Identity("the session from before a demotion", demoted, nobody, nobody),
        Identity("ana", await _cookie(world, world.ana), OF_PERSON, OF_PERSON, world.ana.id),
        Identity("ana's narrow key", await _bearer(world, world.ana, Scope.READ), OF_PERSON, OF_NARROW_KEY, world.ana.id),
        Identity("bia", await _cookie(world, bia), OF_PERSON, OF_PERSON, bia.id),
        Identity("bia's key from when she was an admin", bias_admin_key, OF_PERSON, both, bia.id),
        Identity("the admin", await _cookie(world, admin), OF_ADMIN, OF_ADMIN, admin.id),
    ]
    world.callers = {each.name: each for each in callers}


async def _bearer(world: World, owner: Account, *scopes: Scope) -> dict[str, str]:
    _, text = await world.identity.keys.create(Reach(owner.id), NewKey(owner.id, "of the tests", frozenset(scopes)))
    return {"Authorization": f"Bearer {text}"}


async def _cookie(world: World, owner: Account) -> dict[str, str]:
    _, token = await world.identity.sessions.start(owner.id, Device("127.0.0.1", "tests"))
    return {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"}

"""Keys from their making to their end: whose they are, what they are good for, and that nothing of them lies open."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from prosa.identity.accounts.errors import AccountNotFound, EditConflict
from prosa.identity.api_keys import (
    ApiKey,
    KeyChanges,
    KeyEnded,
    KeyNameTaken,
    KeyNotFound,
    KeyQuery,
    KeyStatus,
    KeyText,
    NewKey,
    ScopeNotAllowed,
    TooManyKeys,
)
from prosa.identity.ending_store import revoke_keys
from prosa.identity.errors import PermissionDenied
from prosa.identity.models import OPERATOR, Caller, CallerKind, Reach
from prosa.identity.permissions import OF_SCOPE, Permission, Role, Scope, of_scopes
from prosa.kit.errors import BadRequest
from tests.databases import KINDS
from tests.identity.credentials import NOON, Person, World, a_world

READ, WRITE, ADMIN = Scope.READ, Scope.WRITE, Scope.ADMIN


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


def new(person: Person, name: str = "n8n", *scopes: Scope, **more: Any) -> NewKey:  # fields of NewKey, of many types
    return NewKey(person.id, name, frozenset(scopes or (READ, WRITE)), **more)


async def row_of(world: World, key: ApiKey) -> tuple[object, ...]:
    [row] = await world.database.fetch("SELECT digest, pepper, revoked_at FROM api_keys WHERE id = $1", key.id)
    return row


@pytest.mark.contract("A18")
async def test_a_key_is_made_listed_and_revoked(world: World) -> None:
    ana = await world.person()
    wanted = new(ana, " n8n ", READ, models=("gpt-4o",), addresses=("192.0.2.7/24",), expires_at=NOON + timedelta(days=90))
    key, text = await world.keys.create(ana.signed_in(), wanted)
    assert (key.name, key.models, key.addresses) == ("n8n", ("gpt-4o",), ("192.0.2.0/24",))
    assert text.startswith(key.hint)
    assert (await world.keys.list(Reach(ana.id))).items == (key,)
    assert await world.keys.get(Reach(ana.id), key.id) == key
    assert await world.keys.by_name(OPERATOR, ana.id, "n8n") == key
    assert world.changes == [(ana.id, key.id)]
    parsed = KeyText.parse(text)
    digest, pepper, revoked = await row_of(world, key)
    assert parsed is not None
    assert parsed.lookup == key.lookup
    assert parsed.matches(world.keyring, str(digest), str(pepper))
    assert revoked is None
    for _ in range(2):  # a second time is no error
        await world.keys.revoke(Reach(ana.id), key.id)
    assert world.changes == [(ana.id, key.id)] * 2
    assert (await world.keys.list(Reach(ana.id))).items == ()
    [ended] = (await world.keys.list(Reach(ana.id), KeyQuery(ended=True))).items
    assert ended.status(NOON) is KeyStatus.REVOKED
    with pytest.raises(KeyNotFound):
        await world.keys.by_name(OPERATOR, ana.id, "n8n")


@pytest.mark.attack("C5")
async def test_only_the_hmac_of_a_key_is_in_the_database(world: World) -> None:
    ana = await world.person()
    key, text = await world.keys.create(OPERATOR, new(ana))
    newer, another = await world.keys.rotate(OPERATOR, key.id)
    stored = await world.text_of("api_keys") + await world.text_of("rights_changes")
    for whole, one in ((text, key), (another, newer)):
        assert whole not in stored
        assert whole[len(one.hint) : -6] not in stored
        assert one.lookup in stored


@pytest.mark.attack("C3")
async def test_no_key_is_made_for_more_than_its_owner_may_do(world: World) -> None:
    ana, root = await world.person("ana"), await world.person("root", Role.ADMIN)
    analyst = await world.person("bia", Role.ANALYST)
    for person in (ana, analyst):
        for by in (person.signed_in(), OPERATOR):
            with pytest.raises(ScopeNotAllowed):
                await world.keys.create(by, new(person, "n8n", READ, ADMIN))
    key, _ = await world.keys.create(root.signed_in(), new(root, "n8n", READ, ADMIN))
    mine, _ = await world.keys.create(ana.signed_in(), new(ana, "n8n", READ))
    with pytest.raises(ScopeNotAllowed):
        await world.keys.change(ana.signed_in(), mine.id, KeyChanges(scopes=frozenset({ADMIN})))
    await world.write(f"UPDATE accounts SET role = 'user' WHERE id = '{root.id}'")
    with pytest.raises(ScopeNotAllowed):  # nor is it made anew after its owner may no longer
        await world.keys.rotate(OPERATOR, key.id)
    assert of_scopes(key.scopes, Role.USER) == of_scopes(frozenset({READ}), Role.USER)
    with pytest.raises(ScopeNotAllowed):  # whose sign-in is older than that
        await world.keys.create(root.signed_in(), new(root, "other", ADMIN))


@pytest.mark.attack("C3")
async def test_a_key_makes_changes_and_rotates_no_key_whatever_its_scopes(world: World) -> None:
    root = await world.person("root", Role.ADMIN)
    key, _ = await world.keys.create(OPERATOR, new(root, "n8n", READ, WRITE, ADMIN))
    rights = of_scopes(key.scopes, Role.ADMIN)
    itself = Caller(CallerKind.KEY, root.id, f"key_{key.id}", "", rights, root.id, key.id, Role.ADMIN)
    for making in (
        world.keys.create(itself, new(root, "two", READ)),
        world.keys.change(itself, key.id, KeyChanges(expires_at=None)),
        world.keys.rotate(itself, key.id),
    ):
        with pytest.raises(PermissionDenied):
            await making


@pytest.mark.attack("C3")
async def test_a_caller_with_few_rights_makes_no_key_with_more(world: World) -> None:
    root = await world.person("root", Role.ADMIN)
    few = {Permission.WRITE_KEYS, *OF_SCOPE[Scope.WRITE]}
    narrow = msgspec.structs.replace(root.signed_in(), permissions=frozenset(few))
    with pytest.raises(ScopeNotAllowed):
        await world.keys.create(narrow, new(root, "n8n", ADMIN))
    assert await world.keys.create(narrow, new(root, "n8n", WRITE))


@pytest.mark.attack("C3")
async def test_nobody_makes_a_key_in_somebody_elses_name(world: World) -> None:
    ana, root = await world.person("ana"), await world.person("root", Role.ADMIN)
    with pytest.raises(AccountNotFound):
        await world.keys.create(root.signed_in(), new(ana))
    key, _ = await world.keys.create(ana.signed_in(), new(ana))
    for verb in (world.keys.change(root.signed_in(), key.id, KeyChanges(name="x")), world.keys.rotate(root.signed_in(), key.id)):
        with pytest.raises(KeyNotFound):
            await verb
    assert (await world.keys.list(OPERATOR, KeyQuery(account_id=ana.id))).items == (key,)


async def test_nobody_elses_key_reads_like_one_that_is_not_there(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    key, _ = await world.keys.create(OPERATOR, new(ana))
    world.changes.clear()
    messages = set()
    for key_id in (key.id, "f" * 32):
        for verb in (
            world.keys.get(Reach(bia.id), key_id),
            world.keys.revoke(Reach(bia.id), key_id),
            world.keys.change(bia.signed_in(), key_id, KeyChanges(name="mine")),
            world.keys.rotate(bia.signed_in(), key_id),
            world.keys.by_name(Reach(bia.id), ana.id, "n8n"),
        ):
            with pytest.raises(KeyNotFound) as refused:
                await verb
            messages.add(refused.value.message)
    assert len(messages) == 1
    assert (await world.keys.list(Reach(bia.id), KeyQuery(account_id=ana.id))).items == ()
    assert world.changes == []
    assert await world.keys.get(OPERATOR, key.id) == key


@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_who_is_suspended_or_deleted_gets_no_key(world: World, status: str) -> None:
    ana = await world.person()
    await world.write(f"UPDATE accounts SET status = '{status}'")
    with pytest.raises(AccountNotFound):
        await world.keys.create(OPERATOR, new(ana))
    with pytest.raises(AccountNotFound):
        await world.keys.create(OPERATOR, NewKey("f" * 32, "n8n", frozenset({READ})))


async def test_of_ten_keys_made_at_once_with_one_name_one_is_made(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    made = await asyncio.gather(*(world.keys.create(OPERATOR, new(ana)) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(outcome, KeyNameTaken) for outcome in made) == 9
    [key] = (await world.keys.list(Reach(ana.id))).items
    assert await world.keys.create(OPERATOR, new(bia))
    await world.keys.revoke(OPERATOR, key.id)
    assert await world.keys.create(OPERATOR, new(ana))  # the name is free again
    other, _ = await world.keys.create(OPERATOR, new(ana, "other"))
    with pytest.raises(KeyNameTaken):
        await world.keys.change(OPERATOR, other.id, KeyChanges(name="n8n"))


async def test_an_account_has_no_more_than_so_many_keys(world: World) -> None:
    ana = await world.person()
    await world.write(
        "INSERT INTO api_keys (id, account_id, lookup, name, digest, pepper, scopes, created_at, version) "
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
        f"SELECT 'id' || i, '{ana.id}', 'lookup' || i, 'name' || i, 'd', 'p', '[\"read\"]', i, 1 FROM n"
    )
    await world.keys.create(OPERATOR, new(ana, "the last"))
    with pytest.raises(TooManyKeys):
        await world.keys.create(OPERATOR, new(ana, "one more"))


async def test_changes_are_checked_and_counted(world: World) -> None:
    ana = await world.person()
    key, _ = await world.keys.create(OPERATOR, new(ana, addresses=("192.0.2.7",)))
    changes = KeyChanges("Relatórios", frozenset({READ}), ("m",), None, NOON + timedelta(days=1))
    changed = await world.keys.change(ana.signed_in(), key.id, changes, if_version=1)
    assert changed == replace(
        key,
        name="Relatórios",
        scopes=frozenset({READ}),
        models=("m",),
        addresses=None,
        expires_at=NOON + timedelta(days=1),
        version=2,
    )
    assert await world.keys.get(OPERATOR, key.id) == changed
    assert world.changes[-1] == (ana.id, key.id)
    with pytest.raises(EditConflict):
        await world.keys.change(OPERATOR, key.id, KeyChanges(name="x"), if_version=1)
    for wrong in (KeyChanges(addresses=("nowhere",)), KeyChanges(scopes=frozenset()), KeyChanges(expires_at=NOON)):
        with pytest.raises(BadRequest):
            await world.keys.change(OPERATOR, key.id, wrong)
    assert await world.keys.get(OPERATOR, key.id) == changed


@pytest.mark.attack("C4")
async def test_a_revoked_key_is_neither_changed_nor_rotated_by_anybody(world: World) -> None:
    ana = await world.person()
    key, _ = await world.keys.create(OPERATOR, new(ana))
    await world.keys.revoke(Reach(ana.id), key.id)
    revoked = await world.keys.get(OPERATOR, key.id)
    for by in (ana.signed_in(), OPERATOR):
        with pytest.raises(KeyEnded):
            await world.keys.change(by, key.id, KeyChanges(name="as good as new", expires_at=None))
        with pytest.raises(KeyEnded):
            await world.keys.rotate(by, key.id)
    assert await world.keys.get(OPERATOR, key.id) == revoked


async def test_of_two_who_change_one_version_one_succeeds(world: World) -> None:
    ana = await world.person()
    key, _ = await world.keys.create(OPERATOR, new(ana))
    outcomes = await asyncio.gather(
        *(world.keys.change(OPERATOR, key.id, KeyChanges(name=f"n{number}"), if_version=1) for number in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, ApiKey) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, EditConflict) for outcome in outcomes) == 4


@pytest.mark.contract("A18")
async def test_a_rotated_key_stays_good_for_a_while_beside_its_successor(world: World) -> None:
    ana = await world.person()
    key, _ = await world.keys.create(OPERATOR, new(ana, models=("m",)))
    newer, text = await world.keys.rotate(ana.signed_in(), key.id)
    assert (newer.name, newer.scopes, newer.models) == (key.name, key.scopes, key.models)
    assert newer.id != key.id
    assert text.startswith(newer.hint)
    old = await world.keys.get(OPERATOR, key.id)
    assert old.status(NOON) is KeyStatus.REPLACED
    assert (old.replaced_by, old.expires_at) == (newer.id, NOON + timedelta(days=1))
    assert await world.keys.by_name(OPERATOR, ana.id, "n8n") == newer
    assert world.changes[-1] == (ana.id, key.id)
    for verb in (world.keys.rotate(OPERATOR, key.id), world.keys.change(OPERATOR, key.id, KeyChanges(expires_at=None))):
        with pytest.raises(KeyEnded):  # a replaced key's life isn't made longer
            await verb
    world.clock.seconds += 86_400
    assert (await world.keys.list(Reach(ana.id))).items == (newer,)


async def test_a_rotation_never_makes_the_old_key_live_longer(world: World) -> None:
    ana = await world.person()
    soon = NOON + timedelta(minutes=5)
    key, _ = await world.keys.create(OPERATOR, new(ana, expires_at=soon))
    newer, _ = await world.keys.rotate(OPERATOR, key.id)
    assert (await world.keys.get(OPERATOR, key.id)).expires_at == soon
    newest, _ = await world.keys.rotate(OPERATOR, newer.id, 0)
    assert (await world.keys.get(OPERATOR, newer.id)).status(NOON) is KeyStatus.EXPIRED
    assert (await world.keys.get(OPERATOR, key.id)).status(NOON) is KeyStatus.EXPIRED
    world.clock.seconds += 300
    with pytest.raises(KeyEnded):
        await world.keys.rotate(OPERATOR, newest.id)
    for seconds in (-1, 31 * 86_400, float("nan")):
        with pytest.raises(BadRequest):
            await world.keys.rotate(OPERATOR, newest.id, seconds)


@pytest.mark.attack("C4")
async def test_revoking_a_key_ends_those_too_that_a_rotation_left_good(world: World) -> None:
    ana = await world.person()
    first, _ = await world.keys.create(OPERATOR, new(ana))
    second, _ = await world.keys.rotate(OPERATOR, first.id)
    third, _ = await world.keys.rotate(OPERATOR, second.id)
    other, _ = await world.keys.create(OPERATOR, new(ana, "other"))
    world.changes.clear()
    await world.keys.revoke(Reach(ana.id), third.id)
    assert {credential for _, credential in world.changes} == {first.id, second.id, third.id}
    assert (await world.keys.list(Reach(ana.id))).items == (other,)


@pytest.mark.attack("C4")
async def test_all_keys_of_an_account_are_revoked_at_once(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    for name in ("one", "two"):
        await world.keys.create(OPERATOR, new(ana, name))
    hers, _ = await world.keys.create(OPERATOR, new(bia))
    async with world.rights.changing(ana.id) as connection:
        await revoke_keys(connection, ana.id)
    assert (await world.keys.list(OPERATOR)).items == (hers,)


async def test_pages_lead_through_all_keys_newest_first(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    made = []
    for number in range(5):
        made.append((await world.keys.create(OPERATOR, new((ana, bia)[number % 2], f"n{number}")))[0])
        world.clock.seconds += 0 if number == 2 else 1
    seen: list[ApiKey] = []
    page = await world.keys.list(OPERATOR, KeyQuery(limit=2))
    seen.extend(page.items)
    while page.next is not None:
        page = await world.keys.list(OPERATOR, KeyQuery(limit=2, after=page.next))
        seen.extend(page.items)
    assert [key.created_at for key in seen] == sorted((key.created_at for key in made), reverse=True)
    assert set(seen) == set(made)

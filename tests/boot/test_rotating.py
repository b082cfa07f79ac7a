"""What people have entrusted goes over to a newer secret, through the features that keep it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosa.boot.desk import open_desk
from prosa.boot.rotating import rotate_keys
from prosa.boot.settings import Settings, StartRefused, load
from prosa.drivers.sql import DatabaseAddress
from prosa.drivers.vault import Keyring, known_checks
from prosa.identity import (
    OPERATOR,
    Door,
    IdentityParts,
    NewAccount,
    NewKey,
    OriginKind,
    Profile,
    Scope,
    Signs,
)
from prosa.identity.accounts import CpfTaken
from tests.databases import KINDS, an_address, environment

ONE, TWO = "the-first-secret-5f2b8c", "the-second-secret-9a1d3e"
CPF = "52998224725"
SIGNS = Signs((), "192.0.2.7", False, OriginKind.NONE)


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest) -> Iterator[DatabaseAddress]:
    """A fresh database of each kind."""
    with an_address(request.param) as found:
        yield found


def settings(folder: Path, address: DatabaseAddress, secrets: str) -> Settings:
    more = {"PROSA_DATA_DIR": str(folder / "data"), "PROSA_SECRET": secrets}
    return load({**environment(address), **more}, folder).settings


async def person(identity: IdentityParts, email: str) -> str:
    new = NewAccount(email, "correct horse battery staple 7", profile=Profile(cpf=CPF))
    return (await identity.accounts.create(OPERATOR, new)).id


def rotated(found: Settings) -> tuple[int, int, bool]:
    rotation = rotate_keys(found)
    return rotation.sealed[0][1].done, rotation.peppered, rotation.finished


@pytest.mark.attack("C10")
async def test_a_cpf_and_a_key_outlive_the_secret_that_they_were_made_with(tmp_path: Path, address: DatabaseAddress) -> None:
    async with open_desk(settings(tmp_path, address, ONE)) as identity:
        owner = await person(identity, "ana@exemplo.br")
        _, text = await identity.keys.create(OPERATOR, NewKey(owner, "laptop", frozenset({Scope.READ})))

    both = settings(tmp_path, address, f"{TWO},{ONE}")
    async with open_desk(both) as identity:
        assert (await identity.accounts.get(OPERATOR, owner)).profile.cpf == CPF
        with pytest.raises(CpfTaken):
            await person(identity, "eva@exemplo.br")
    assert await asyncio.to_thread(rotated, both) == (1, 1, False)

    async with open_desk(both) as identity:
        with pytest.raises(CpfTaken):
            await person(identity, "eva@exemplo.br")
        assert await identity.stored.bearer(text, SIGNS, Door.OPENAI) is not None  # its use brings it over
    assert await asyncio.to_thread(rotated, both) == (0, 0, True)
    assert set(await known_checks(address)) == {Keyring.of([TWO]).kid}

    async with open_desk(settings(tmp_path, address, TWO)) as identity:
        assert (await identity.accounts.get(OPERATOR, owner)).profile.cpf == CPF
        assert await identity.stored.bearer(text, SIGNS, Door.OPENAI) is not None
        with pytest.raises(CpfTaken):
            await person(identity, "eva@exemplo.br")
    with pytest.raises(StartRefused):
        open_desk(settings(tmp_path, address, ONE))


def test_a_secret_that_no_server_knows_yet_is_not_used(tmp_path: Path, address: DatabaseAddress) -> None:
    async def first() -> None:
        async with open_desk(settings(tmp_path, address, ONE)):
            pass

    asyncio.run(first())
    both = settings(tmp_path, address, f"{TWO},{ONE}")
    if address.path is None:
        with pytest.raises(StartRefused, match="restart every server"):
            rotate_keys(both)
        assert Keyring.of([TWO]).kid not in asyncio.run(known_checks(address))
    else:
        assert rotate_keys(both).finished  # nobody runs here: the data folder is free

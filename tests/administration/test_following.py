"""What is stored, as every process has it: one change at a time, each seen whole, followed by all."""

import asyncio

import pytest

from prosa.administration import (
    Actor,
    AdministrationSettings,
    Area,
    Fixed,
    NameChanges,
    NameTaken,
    Origin,
    ProviderChanges,
    ProviderDraft,
    ProviderState,
    StoredName,
    in_force,
    sealed_columns,
)
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring, Register, rotate, settle
from prosa.gateway import ModelNotFound
from prosa.gateway.models import CallKind
from prosa.identity import EditConflict
from tests.administration.office import LAB, SECRET, Office, office

ANA = Actor("0" * 32, "session_1")


async def test_a_second_process_takes_over_what_the_first_one_changed(database: Database) -> None:
    async with office(database) as one, office(database) as two:
        await two.administration.start()
        await one.administration.providers.create(ANA, LAB)
        assert "lab" in one.gateway.catalogue.providers  # at once, where it was changed
        await asyncio.wait_for(two.took.wait(), 5)
        assert two.gateway.catalogue.providers["lab"].api_key == LAB.api_key
        before = two.gateway.catalogue
        await asyncio.sleep(1.2)
        assert two.gateway.catalogue is before and len(two.applied) == 1  # what doesn't change is left alone


async def test_of_two_that_change_the_same_thing_at_once_one_is_told_so(database: Database) -> None:
    async with office(database) as one, office(database) as two:
        made = await one.administration.providers.create(ANA, LAB)
        wishes = [
            each.administration.providers.change(ANA, "lab", ProviderChanges(default_model=model), made.version)
            for each, model in ((one, "a"), (two, "b"))
        ]
        await two.administration.follower.look()
        done = await asyncio.gather(*wishes, return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["EditConflict", "ProviderView"]
        again = await asyncio.gather(
            *(each.administration.providers.create(ANA, ProviderDraft("x", "groq", api_key="gsk-1")) for each in (one, two)),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in again) == [NameTaken.__name__, "ProviderView"]
        numbers = [change.number for change in await one.administration.history.page(10)]
        assert numbers == sorted(set(numbers), reverse=True) and len(numbers) == 3


async def test_each_change_knows_the_state_that_it_starts_from(database: Database) -> None:
    async with office(database) as found:
        administration = found.administration
        await administration.values.change(ANA, Area.SETTINGS, {"upkeep.trash_days": 3})
        with pytest.raises(EditConflict):
            await administration.values.change(ANA, Area.SETTINGS, {"upkeep.trash_days": 4}, 0)
        alias = await administration.names.create(ANA, StoredName("fast", (("mock", 1.0),)))
        with pytest.raises(EditConflict):
            await administration.names.change(ANA, "fast", NameChanges(title="F"), alias.version + 1)
        values = {view.key: view.value for view in await administration.values.list(Area.SETTINGS)}
        assert values["upkeep.trash_days"] == 3


async def test_what_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    async with office(database) as found:
        wishes = {"upkeep.trash_days": 3, "upkeep.retention_days_user": "many"}
        with pytest.raises(Exception, match="whole number"):
            await found.administration.values.change(ANA, Area.SETTINGS, wishes)  # type: ignore[arg-type]  # what a body may hold
        assert await found.administration.history.page(10) == [] and found.administration.follower.stored.values == {}


@pytest.mark.attack("C9")
async def test_keys_are_sealed_anew_with_the_servers_secret_and_unreadable_without_it(database: Database) -> None:
    async with office(database) as found:
        await settle(database, found.keyring, 1.0)
        await found.administration.providers.create(ANA, LAB)
    both = Keyring.of(("the-new-secret-of-this-server-1", SECRET))
    await settle(database, both, 2.0)
    rotation = await rotate(database, both, Register(sealed_columns(), ()), 3.0)
    assert [resealed.done for _, resealed in rotation.sealed] == [1]
    async with office(database, secrets=("the-new-secret-of-this-server-1",)) as found:
        await found.administration.start()
        assert found.gateway.catalogue.providers["lab"].api_key == LAB.api_key
    async with office(database) as found:
        await found.administration.start()
        [view] = [view for view in await found.administration.providers.list() if view.name == "lab"]
        assert view.state is ProviderState.KEY_UNREADABLE and "lab" not in found.gateway.catalogue.providers


async def test_of_a_short_key_no_end_is_shown(database: Database) -> None:
    async with office(database) as found:
        made = await found.administration.providers.create(ANA, ProviderDraft("lab", "groq", api_key="gsk-123"))
        assert (made.key_set, made.key_hint) == (True, None)


async def test_an_alias_that_is_switched_off_leads_nowhere(database: Database) -> None:
    async with office(database) as found:
        names = found.administration.names
        await names.create(ANA, StoredName("fast", (("mock", 1.0),)))
        assert found.gateway.catalogue.candidates(CallKind.CHAT, "fast").targets[0].attempt.key == "mock/mock"
        await names.change(ANA, "fast", NameChanges(enabled=False))
        with pytest.raises(ModelNotFound):
            found.gateway.catalogue.candidates(CallKind.CHAT, "fast")
        assert "fast" not in [entry.id for entry in found.gateway.catalogue.names()]


async def test_a_default_that_is_switched_off_is_no_default_and_old_names_run_on_the_next(database: Database) -> None:
    async with office(database) as found:
        providers, names = found.administration.providers, found.administration.names
        await providers.create(ANA, ProviderDraft("lab", "groq", api_key="gsk-1", models=("a",), default_model="b"))
        await names.change(ANA, "mock", NameChanges(enabled=False))
        catalogue = found.gateway.catalogue
        assert catalogue.default_name(CallKind.CHAT) == "lab/b"
        assert catalogue.candidates(CallKind.CHAT, "gpt-3.5-turbo").targets[0].attempt.key == "lab/b"


def test_what_is_set_at_the_start_wins_over_what_is_stored() -> None:
    stored = {"upkeep.trash_days": 3, "answers.titles": False, "limits.max_body_mb": 5, "of.another.version": 1}
    fixed = {"upkeep.trash_days": Fixed("PROSA_TRASH_DAYS", Origin.ENVIRONMENT)}
    assert in_force(stored, fixed) == {"answers.titles": False}


async def test_before_there_is_a_database_nothing_is_stored(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(tmp_path_factory.mktemp("none") / "prosa.db")
    async with office(database, AdministrationSettings()) as found:
        await found.administration.start()
        assert found.administration.follower.stored.version == 0 and isinstance(found, Office)
    await database.aclose()


@pytest.mark.attack("D5")
async def test_a_stored_provider_is_checked_when_it_is_connected_to(database: Database) -> None:
    listed = AdministrationSettings(private_hosts=("gpu.internal",))
    async with office(database, listed) as found:
        await found.administration.providers.create(ANA, LAB)
        await found.administration.providers.create(ANA, ProviderDraft("own", "vllm", "http://gpu.internal:8000/v1"))
        targets = {name: provider.target for name, provider in found.gateway.catalogue.providers.items()}
        assert (targets["lab"].private, targets["own"].private) == (False, True)


async def test_what_changes_nothing_is_not_written_down(database: Database) -> None:
    async with office(database) as found:
        administration = found.administration
        made = await administration.providers.create(ANA, LAB)
        await administration.names.create(ANA, StoredName("fast", (("mock", 1.0),)))
        await administration.values.change(ANA, Area.SETTINGS, {"upkeep.trash_days": 3})
        assert (await administration.providers.change(ANA, "lab", ProviderChanges(enabled=True))).version == made.version
        await administration.names.change(ANA, "fast", NameChanges(title=None))
        await administration.values.change(ANA, Area.SETTINGS, {"upkeep.trash_days": 3, "answers.titles": None})
        assert len(await administration.history.page(10)) == 3

"""Taking over assistants one by one, each with its store and its people in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from prosa.assistants import store as rows
from prosa.assistants.adopting.models import AdoptingGround, Brought, Guest, MovingReport, Owner
from prosa.assistants.adopting.store import here
from prosa.assistants.desk import MOST, MOST_BYTES, MOST_HELD, MOST_VERSIONS
from prosa.assistants.models import Assistant, Audience, Grant, GranteeKind, Right
from prosa.assistants.shapes import LONGEST_NAME, Definition
from prosa.assistants.store import AssistantStore, Viewer
from prosa.drivers.journal import Part
from prosa.kit.ids import derived_id, new_object_id
from prosa.knowledge import STORE, NewStore, is_empty, store_row

Knowing = Callable[[Brought], Definition]
"""An assistant's definition with the stores and files that it has here."""
Guests = Mapping[str, Sequence[Guest]]
"""Who had an assistant in their wallet, by its id there."""
_TRIES: Final = 8  # each time somebody changed it meanwhile


class AssistantAdoption:
    """One import; the report says whether anything is written."""

    def __init__(self, on: AdoptingGround, owner: Owner, salt: str, report: MovingReport, knowing: Knowing | None = None) -> None:
        """`knowing`: gives each its stores and files, where these came along; None: they are gone."""
        self._on = on
        self._knowing = knowing
        self._owner = owner
        self._salt = salt
        self._report = report
        self._store = AssistantStore(on.database)
        self._made = set[str]()  # stores

    async def take(self, brought: Iterable[Brought], guests: Guests) -> None:
        """Raises DatabaseUnavailable; what was written until then stays, and is found again."""
        count, held = await self._store.held(self._owner.id)
        for one in brought:
            self._report.assistants += 1
            id = derived_id(self._salt, "assistant", one.foreign)
            known = await here(self._on.database, id, self._owner.id, one.foreign)
            welcome = guests.get(one.foreign, ())
            if known is not None and self._knowing is not None and known[1] != self._owner.id:
                self._report.refused += 1
                self._tell(one, "is somebody else's here: left out")
                continue
            if known is not None:
                self._report.present += 1
                await self._refill(one, known[0])
                await self._let_in(known, welcome)
                continue
            size = len(one.definition.stored())
            if size > MOST_BYTES or count >= MOST or held + size > MOST_HELD:
                self._report.refused += 1
                self._tell(one, "is too large, or one too many for its owner: left out")
                continue
            count, held = count + 1, held + size
            await self._add(one, id, welcome)

    async def _add(self, one: Brought, id: str, welcome: Sequence[Guest]) -> None:
        owner, on = self._owner, self._on
        definition, parts = self._with_store(one)
        made = Assistant(
            id=id,
            space=owner.id,
            definition=definition,
            version=1,
            state=1,
            audience=Audience.PRIVATE,
            created_at=on.now if one.created_at is None else one.created_at,
            updated_at=on.now,
            foreign=one.foreign,
        )
        parts += rows.creation(made, new_object_id())
        grants = [_grant(guest) for guest in welcome if guest.account_id != owner.id]
        if grants:
            parts += rows.sharing(replace(made, state=2, audience=Audience.CHOSEN), new_object_id(), grants)
        if on.feed is not None:
            data = msgspec.json.encode({"version": 2 if grants else 1})
            parts.append(on.feed.part(owner.id, "assistant.created", made.shown, data, on.now))
        self._report.added += 1
        self._report.grants += len(grants)
        if not self._report.dry_run:
            await on.journal.append_all(parts)
            if on.feed is not None:
                on.feed.published(owner.id)

    def _with_store(self, one: Brought) -> tuple[Definition, list[Part]]:
        """One empty store in the place of those that are gone with the vendor; assistants that shared one share this, too."""
        for note in one.notes:
            self._tell(one, note)
        if self._knowing is not None:
            return self._knowing(one), []
        if one.files:
            self._tell(one, f"{len(one.files)} files of its code interpreter are gone with the vendor: upload them again")
        if not one.stores:
            return one.definition, []
        on, owner = self._on, self._owner
        id = derived_id(self._salt, "store", owner.id, one.stores[0])
        name = (one.definition.name or one.foreign)[:LONGEST_NAME]
        metadata = msgspec.json.encode({"imported_from": one.stores[0][:512]})
        parts = [store_row(id, owner.id, NewStore(name, metadata=metadata), on.model, on.now)]
        if on.feed is not None:
            parts.append(on.feed.part(owner.id, "vector_store.created", STORE + id, None, on.now))
        self._report.stores += id not in self._made
        self._made.add(id)
        gone = ", ".join(one.stores)
        self._tell(one, f"its store {gone} is gone with the vendor: {STORE}{id} stands in its place, empty; upload its documents")
        return msgspec.structs.replace(one.definition, store_ids=[id]), parts

    async def _refill(self, one: Brought, id: str) -> None:
        """One that came without its store, in whose place an empty one stands still, gets the store that came along now."""
        found = await self._store.get(Viewer(self._owner.id), id) if self._knowing is not None and one.stores else None
        if found is None or self._knowing is None:
            return
        empty = derived_id(self._salt, "store", self._owner.id, one.stores[0])
        if found.definition.store_ids != [empty] or not await is_empty(self._on.database, empty):
            return
        definition = msgspec.structs.replace(found.definition, store_ids=self._knowing(one).store_ids)
        after = replace(found, definition=definition, version=found.version + 1, state=found.state + 1, updated_at=self._on.now)
        self._tell(one, f"its store {', '.join(one.stores)} takes the place of the empty one")
        if not self._report.dry_run:
            await self._on.journal.append_all(rows.redefinition(after, new_object_id(), self._owner.id, None, MOST_VERSIONS))

    async def _let_in(self, known: tuple[str, str], welcome: Sequence[Guest]) -> None:
        """Let in whoever came into a wallet since; who is in stays, and so does what else was changed here."""
        id, space = known
        for _ in range(_TRIES if welcome else 0):
            found = await self._store.get(Viewer(space), id)
            there = await self._store.grants(id)
            let_in = {each.grantee for each in there if each.kind is GranteeKind.PERSON} | {space}
            named = {each.told for each in there}
            new = [_grant(guest) for guest in welcome if guest.account_id not in let_in and guest.email not in named]
            if found is None or not new:
                return
            if self._report.dry_run or await self._shared(found, (*there, *new)):
                self._report.grants += len(new)
                return

    async def _shared(self, found: Assistant, grants: Sequence[Grant]) -> bool:
        on = self._on
        audience = Audience.CHOSEN if found.audience is Audience.PRIVATE else found.audience
        after = replace(found, state=found.state + 1, audience=audience, updated_at=on.now)
        parts = [*rows.sharing(after, new_object_id(), grants)]
        if on.feed is not None:
            data = msgspec.json.encode({"version": after.state})
            parts.append(on.feed.part(after.space, "assistant.updated", after.shown, data, on.now))
        count, *_ = await on.journal.append_all(parts)
        if count and on.feed is not None:
            on.feed.published(after.space)
        return bool(count)

    def _tell(self, one: Brought, text: str) -> None:
        self._report.told.append(f"{one.foreign} ({one.definition.name or 'without a name'}): {text}")


def _grant(guest: Guest) -> Grant:
    return Grant(GranteeKind.PERSON, guest.email, guest.account_id, Right.USE)

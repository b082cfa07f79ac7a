"""Providers: those of the start as they are, and those that are stored, which are made, changed and taken away."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from msgspec import UnsetType

from prosa.administration.effective import MOCK, Effective
from prosa.administration.errors import FixedBySetting, InUse, KeyGoesElsewhere, NameTaken, ProviderNotFound, TooMany
from prosa.administration.following import Changing, Follower, Work
from prosa.administration.models import Actor, ProviderChanges, ProviderDraft, ProviderState, ProviderView, StoredProvider
from prosa.administration.provider_rows import (
    TOLD,
    check_key,
    check_models,
    check_name,
    chosen,
    facts,
    hint_of,
    row_of,
    whereabouts,
)
from prosa.administration.provider_views import fixed_of, given_view, mock_view, stored_view, with_facts
from prosa.gateway import REGISTRY, CallKind, Gateway, ProviderRow
from prosa.identity import EditConflict
from prosa.kit.errors import ProsaError

MOST: Final = 100
KIND: Final = "provider"
_DEFAULTS: Final = {
    "gateway.default_model": CallKind.CHAT,
    "gateway.default_embedding_model": CallKind.EMBEDDINGS,
}


class Providers:
    """Whom models are asked of."""

    def __init__(self, effective: Effective, follower: Follower, changing: Changing, gateway: Gateway) -> None:
        self._effective = effective
        self._follower = follower
        self._changing = changing
        self._gateway = gateway

    @property
    def mock(self) -> bool:
        """Whether the mock answers here."""
        return MOCK in self._gateway.catalogue.providers

    def kinds(self) -> list[tuple[ProviderRow, bool]]:
        """What a provider can be, and whether its usual address is on this machine."""
        return [(row, "://127.0.0.1" in row.base_url) for row in REGISTRY.values() if row.wire != MOCK]

    async def list(self) -> Sequence[ProviderView]:
        """All of them, in their order. Raises DatabaseUnavailable."""
        await self._follower.look()
        fixed, stored = self._effective.settings.fixed, self._follower.stored
        views = [given_view(provider, fixed) for provider in self._effective.base.providers]
        if self.mock and all(view.name != MOCK for view in views):
            views.append(mock_view(fixed))
        judged = ((provider, self._effective.judged(provider).state) for provider in stored.providers)
        views += [stored_view(provider, place, state) for place, (provider, state) in enumerate(judged)]
        return [with_facts(view, self._gateway) for view in views]

    async def get(self, name: str) -> ProviderView:
        """One of them. Raises ProviderNotFound, DatabaseUnavailable."""
        for view in await self.list():
            if view.name == name and view.state is not ProviderState.SHADOWED:
                return view
        raise ProviderNotFound

    async def create(self, actor: Actor, draft: ProviderDraft) -> ProviderView:
        """Add one. Raises NameTaken, TooMany, Unfit."""
        row = row_of(draft.kind)
        check_name(draft.name, row)
        url, _ = self._effective.address(row, draft.base_url)
        check_key(row, url, draft.api_key)
        if draft.name in self._given():
            raise NameTaken(KIND)
        async with self._changing.by(actor) as work:
            if _stored(work, draft.name) is not None:
                raise NameTaken(KIND)
            if len(work.stored.providers) >= MOST:
                raise TooMany(MOST)
            made = self._made(draft, url, work)
            check_models(made)
            told = facts(made, TOLD, key=made.api_key is not None)
            number = await work.note("created", KIND, made.name, {}, told)
            await work.store.put_provider(replace(made, version=number))
        return await self.get(draft.name)

    async def change(self, actor: Actor, name: str, changes: ProviderChanges, if_version: int | None = None) -> ProviderView:
        """Change one. Raises ProviderNotFound, FixedBySetting, EditConflict, KeyGoesElsewhere, Unfit."""
        self._require_stored(name)
        async with self._changing.by(actor) as work:
            before = _stored(work, name)
            if before is None:
                raise ProviderNotFound
            if if_version is not None and before.version != if_version:
                raise EditConflict
            after = self._changed(before, changes, work.now)
            if before.enabled and not after.enabled:
                self._require_unneeded(name)
            after = replace(after, position=await self._placed(work, before, changes.position))
            told = [word for word in TOLD if getattr(before, word) != getattr(after, word)]
            touched = not isinstance(changes.api_key, UnsetType)
            if told or touched:
                old = facts(before, told, key=before.api_key is not None if touched else None)
                new = facts(after, told, key=after.api_key is not None if touched else None)
                number = await work.note("changed", KIND, name, old, new)
                await work.store.put_provider(replace(after, version=number))
        return await self.get(name)

    async def delete(self, actor: Actor, name: str) -> None:
        """Take one away, with its key; also one that a provider of the start stands before. Raises ProviderNotFound,
        FixedBySetting."""
        async with self._changing.by(actor) as work:
            gone = _stored(work, name)
            if gone is None:
                self._require_stored(name)
                raise ProviderNotFound
            if self._effective.judged(gone).settings is not None:
                self._require_unneeded(name)
            await work.note("deleted", KIND, name, facts(gone, TOLD, key=gone.api_key is not None), {})
            await work.store.drop_provider(name)

    def _given(self) -> frozenset[str]:
        """The names that the start has taken."""
        return frozenset({MOCK, *(provider.name for provider in self._effective.base.providers)})

    def _require_stored(self, name: str) -> None:
        if name == MOCK:
            raise FixedBySetting("PROSA_MOCK")
        if name in self._given():
            found = fixed_of(name, self._effective.settings.fixed)
            raise FixedBySetting(found.setting if found is not None else "what was found on this machine")

    def _require_unneeded(self, name: str) -> None:
        """Raises InUse where a default that somebody chose here would lead nowhere without it."""
        for key, kind in _DEFAULTS.items():
            wanted = self._follower.stored.values.get(key)
            if not isinstance(wanted, str) or key in self._effective.settings.fixed:
                continue
            with suppress(ProsaError):
                found = self._gateway.catalogue.candidates(kind, wanted)
                attempts = (*(target.attempt for target in found.targets), *found.fallbacks)
                if all(attempt.provider.name == name for attempt in attempts):
                    break
        else:
            return
        raise InUse("The default model is asked here alone: choose another one first.")

    def _made(self, draft: ProviderDraft, url: str | None, work: Work) -> StoredProvider:
        key = draft.api_key
        return StoredProvider(
            name=draft.name,
            kind=draft.kind,
            base_url=url,
            api_key=None if key is None else self._effective.sealed(draft.name, key),
            key_hint=hint_of(key),
            key_at=None if key is None else work.now,
            models=tuple(dict.fromkeys(draft.models)),
            default_model=draft.default_model,
            default_embedding_model=draft.default_embedding_model,
            context_length=draft.context_length,
            enabled=draft.enabled,
            position=max((provider.position for provider in work.stored.providers), default=-1) + 1,
            version=0,
            created_at=work.now,
            updated_at=work.now,
        )

    def _changed(self, before: StoredProvider, changes: ProviderChanges, now: int) -> StoredProvider:
        """The row as it is wished. A key stays only where its address stays: else whoever may change the address would get it."""
        kind = chosen(changes.kind, before.kind)
        row = row_of(kind)
        check_name(before.name, row)
        # An address of the row's own stands for the kind that it was, not for another one.
        given = chosen(changes.base_url, before.base_url)
        url, _ = self._effective.address(row, given)
        after = replace(
            before,
            kind=kind,
            base_url=url,
            models=tuple(dict.fromkeys(chosen(changes.models, before.models))),
            default_model=chosen(changes.default_model, before.default_model),
            default_embedding_model=chosen(changes.default_embedding_model, before.default_embedding_model),
            context_length=chosen(changes.context_length, before.context_length),
            enabled=chosen(changes.enabled, before.enabled),
            updated_at=now,
        )
        check_models(after)
        key = changes.api_key
        if isinstance(key, UnsetType):
            if before.api_key is not None and whereabouts(before) != whereabouts(after):
                raise KeyGoesElsewhere
            return after
        check_key(row, url, key)
        sealed = None if key is None else self._effective.sealed(before.name, key)
        return replace(after, api_key=sealed, key_hint=hint_of(key), key_at=None if key is None else now)

    async def _placed(self, work: Work, provider: StoredProvider, wish: int | UnsetType) -> int:
        """Give the others their places anew, where one is to stand elsewhere; its own."""
        if isinstance(wish, UnsetType):
            return provider.position
        others = [each for each in work.stored.providers if each.name != provider.name]
        place = min(wish, len(others))
        for index, each in enumerate(others):
            await work.store.place(each.name, index if index < place else index + 1)
        return place


def _stored(work: Work, name: str) -> StoredProvider | None:
    return next((provider for provider in work.stored.providers if provider.name == name), None)

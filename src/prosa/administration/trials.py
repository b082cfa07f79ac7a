"""Trying a provider: its list of models, and a word of one of them. Bounded in time, and in how many are tried at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from prosa.administration.effective import Effective
from prosa.administration.errors import KeyGoesElsewhere, ProviderNotFound, TooManyTrials, Unfit
from prosa.administration.following import Follower
from prosa.administration.model_views import kind_of
from prosa.administration.models import ModelKind, ProviderDraft, ProviderState, StoredProvider, Trial
from prosa.administration.provider_rows import check_key, is_model_name, row_of
from prosa.drivers.vault import Unsealable
from prosa.gateway import REGISTRY, Gateway, Provider, ProviderSettings, configured
from prosa.kit.errors import ProsaError

SECONDS: Final = 20.0  # for both questions together
AT_ONCE: Final = 4  # in one process: each may hold a connection to whatever somebody names
SHOWN: Final = 200  # models of a list


class Trials:
    """Tries providers as the gateway would ask them; nothing is counted, nothing is kept, no other one is asked instead."""

    def __init__(self, effective: Effective, follower: Follower, gateway: Gateway) -> None:
        self._effective = effective
        self._follower = follower
        self._gateway = gateway
        self._under_way = 0

    async def known(self, name: str, model: str | None = None) -> Trial:
        """One that is here. Raises ProviderNotFound, Unfit, TooManyTrials."""
        await self._follower.look()
        provider = self._gateway.catalogue.providers.get(name) or self._switched_off(name)
        return await self._tried(provider, _model(model))

    async def draft(self, draft: ProviderDraft, model: str | None = None) -> Trial:
        """One that isn't stored. `draft.name`: of a stored one whose key is used.

        Raises Unfit, KeyGoesElsewhere, ProviderNotFound, TooManyTrials.
        """
        row = row_of(draft.kind)
        url, private = self._effective.address(row, draft.base_url)
        key = draft.api_key
        if key is None and draft.name:
            key = self._key_of(draft.name, url or row.base_url)
        check_key(row, url, key)
        settings = ProviderSettings(draft.name or "draft", draft.kind, url, key, private=private)
        return await self._tried(configured(settings), _model(model))

    def _stored(self, name: str) -> StoredProvider:
        for provider in self._follower.stored.providers:
            if provider.name == name:
                return provider
        raise ProviderNotFound

    def _switched_off(self, name: str) -> Provider:
        """A stored one that isn't asked now, as it would be."""
        provider = self._stored(name)
        state = self._effective.judged(provider).state
        if state is ProviderState.ADDRESS_REFUSED:
            self._effective.address(REGISTRY[provider.kind], provider.base_url)
        if state is not ProviderState.DISABLED:
            raise Unfit("provider_name", f"This provider can't be asked: {state.value}.")
        row = row_of(provider.kind)
        url, private = self._effective.address(row, provider.base_url)
        settings = ProviderSettings(
            *(provider.name, provider.kind, url, self._effective.key(provider), provider.models),
            default_model=provider.default_model,
            private=private,
        )
        return configured(settings)

    def _key_of(self, name: str, url: str) -> str | None:
        """The key of a stored provider, for its own address alone. Raises KeyGoesElsewhere, ProviderNotFound."""
        provider = self._stored(name)
        row = row_of(provider.kind)
        if (self._effective.address(row, provider.base_url)[0] or row.base_url) != url:
            raise KeyGoesElsewhere
        try:
            return self._effective.key(provider)
        except Unsealable:
            raise Unfit("api_key", "The key that is stored can't be opened any more: send it again.") from None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._under_way >= AT_ONCE:
            raise TooManyTrials
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def _tried(self, provider: Provider, model: str | None) -> Trial:
        async with self._turn():
            began = time.monotonic()
            try:
                async with asyncio.timeout(SECONDS):
                    found = await self._asked(provider, model)
            except TimeoutError:
                found = Trial(False, 0, code="upstream_timeout", message="The provider took too long.")
            return replace(found, milliseconds=round((time.monotonic() - began) * 1000))

    async def _asked(self, provider: Provider, model: str | None) -> Trial:
        """The list first: whether it comes or not, a word of a model is what counts, for some tell their list to anybody."""
        names, fault = await self._listed(provider)
        asked = model or provider.default_model or next((name for name in names if _chats(name, provider)), None)
        listed, shown = fault is None, names[:SHOWN]
        if asked is None:
            return _failed(fault, shown) if fault is not None else Trial(True, 0, listed, shown)
        kind = kind_of(asked, provider)
        try:
            await self._gateway.prober.word(provider, asked, kind.call)
        except ProsaError as error:
            return replace(_failed(error, shown), listed=listed)
        return Trial(True, 0, listed, shown, asked)

    async def _listed(self, provider: Provider) -> tuple[tuple[str, ...], ProsaError | None]:
        if provider.wire == "mock":
            return tuple(sorted(self._gateway.catalogue.lists(provider.name))), None
        try:
            return tuple(sorted(await self._gateway.prober.names(provider))), None
        except ProsaError as error:
            return (), error


def _chats(name: str, provider: Provider) -> bool:
    return kind_of(name, provider) is ModelKind.CHAT


def _failed(error: ProsaError, models: tuple[str, ...]) -> Trial:
    return Trial(False, 0, models=models, code=error.code, message=error.message)


def _model(name: str | None) -> str | None:
    """A model's name that can be one. Raises Unfit."""
    if name is not None and not is_model_name(name):
        raise Unfit("model", "Expected a model's name.")
    return name

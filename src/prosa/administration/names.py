"""Public names of models: which of them people may choose, aliases, what is tried next, what is switched off.

A name that is switched off is neither listed nor called, whichever of its names somebody asks for it by. An alias may lead to it
all the same: so people are offered `fast`, and not the model behind it.
"""

from dataclasses import asdict, replace
from typing import Final

from msgspec import UNSET, UnsetType

from prosa.administration.effective import MOCK, Effective
from prosa.administration.errors import FixedBySetting, InUse, ModelNameNotFound, NameTaken, TooMany, Unfit
from prosa.administration.following import Changing, Work
from prosa.administration.known import KnownModels
from prosa.administration.model_views import Views, priced
from prosa.administration.models import Actor, ModelKind, ModelView, NameChanges, Origin, StoredName
from prosa.administration.provider_rows import chosen, is_model_name
from prosa.identity import EditConflict
from prosa.usage import PriceBook

KIND: Final = "model"
MOST: Final = 500
LONGEST_TITLE: Final = 80
SHOWN_MOCKS: Final = frozenset({"mock", "mock-reasoning", "mock-markdown", "mock-embedding"})  # the others are for tests
MOST_DOLLARS: Final = 1_000_000
_FILE: Final = "prosa.toml"
_PRICES: Final = "PROSA_PRICES"


class Names:
    """The catalogue, as this process has it in force."""

    def __init__(self, effective: Effective, changing: Changing, known: KnownModels, prices: PriceBook) -> None:
        self._effective = effective
        self._follower = changing.follower
        self._changing = changing
        self._gateway = known.gateway
        self._prices = prices
        self._known = known

    async def choosable(self, allowed: frozenset[str] | None) -> list[ModelView]:
        """What somebody may choose now; `allowed`: the only names of a key that was made for some. Without a database as well."""
        await self._known.discovered()
        views = [view for view in self._views().every() if view.enabled]
        if allowed is not None:
            return [view for view in views if view.id in allowed]
        real = any(view.kind is ModelKind.CHAT and view.provider != MOCK for view in views)
        return [view for view in views if view.provider != MOCK or view.version or (view.id in SHOWN_MOCKS and not real)]

    async def every(self, *, prices: bool = False) -> list[ModelView]:
        """All names, switched off ones too. Raises DatabaseUnavailable."""
        await self._follower.look()
        await self._known.discovered()
        views = self._views()
        found = [self._with_origin(views, view) for view in views.every()]
        if not prices:
            return found
        wanted = {view.id: model for view in found if (model := views.price_of(view)) is not None}
        await self._prices.learn(wanted.values())
        known = {name: self._prices.known(model) for name, model in wanted.items()}
        return [replace(view, price=priced(known.get(view.id))) for view in found]

    def _with_origin(self, views: Views, view: ModelView) -> ModelView:
        """Who says what it costs."""
        model = views.price_of(view)
        if model is not None and self._prices.settled(model):
            return replace(view, price_origin=Origin.FILE)
        return view if view.own_price is None else replace(view, price_origin=Origin.DATABASE)

    async def get(self, name: str) -> ModelView:
        """One name. Raises ModelNameNotFound."""
        found = next((view for view in await self.every() if view.id == name), None)
        if found is None:
            raise ModelNameNotFound
        return found

    async def create(self, actor: Actor, alias: StoredName) -> ModelView:
        """Add an alias. Raises NameTaken, TooMany, Unfit, UnknownModel."""
        await self._known.discovered()
        self._check(alias)
        if "/" in alias.name and alias.name.partition("/")[0] in self._gateway.catalogue.providers:
            raise Unfit("name", "Expected a name that doesn't begin as a provider's models do.")
        async with self._changing.by(actor) as work:
            known = work.stored.names.get(alias.name)
            if (known is not None and known.targets) or self._taken(alias.name):
                raise NameTaken("model")
            if len(work.stored.names) >= MOST:
                raise TooMany(MOST)
            await self._write(work, None, alias)
        return await self.get(alias.name)

    async def change(self, actor: Actor, name: str, changes: NameChanges, if_version: int | None = None) -> ModelView:
        """Change one. Raises ModelNameNotFound, FixedBySetting, InUse, EditConflict, Unfit, UnknownModel."""
        view = await self.get(name)
        self._require_free(name, changes)
        self._require_unneeded(view, changes)
        _require_priceable(view, changes)
        async with self._changing.by(actor) as work:
            before = work.stored.names.get(name)
            if if_version is not None and (before.version if before is not None else 0) != if_version:
                raise EditConflict
            now = before or StoredName(name)
            if not isinstance(changes.targets, UnsetType) and not now.targets:
                raise Unfit("targets", "Expected an alias: a provider's own model leads to itself.")
            after = replace(
                now,
                targets=chosen(changes.targets, now.targets),
                fallbacks=chosen(changes.fallbacks, now.fallbacks),
                enabled=chosen(changes.enabled, now.enabled),
                title=chosen(changes.title, now.title),
                price=chosen(changes.price, now.price),
            )
            if after.targets != now.targets or after.fallbacks != now.fallbacks:
                self._known.require_targets(after)
            _check_title(after.title)
            if after != now:
                await self._write(work, now, after)
        return await self.get(name)

    async def delete(self, actor: Actor, name: str) -> None:
        """Take an alias away; a provider's own model is again as it was. Raises ModelNameNotFound, FixedBySetting, InUse."""
        view = await self.get(name)
        stored = self._follower.stored.names.get(name)
        if stored is None:
            self._require_free(name, NameChanges(targets=()))
            return
        if stored.targets and view.default:
            raise InUse("This is the default model: choose another one first.")
        async with self._changing.by(actor) as work:
            gone = work.stored.names.get(name)
            if gone is not None:
                await work.note("deleted", KIND, name, _facts(gone), {})
                await work.store.drop_name(name)

    def _views(self) -> Views:
        effective = self._effective
        return Views(self._gateway.catalogue, effective.base, self._follower.stored, effective.settings.fixed)

    def _taken(self, name: str) -> bool:
        """Whether a model is called so, or an alias of the file."""
        catalogue = self._gateway.catalogue
        own = any(entry.id == name for entry in catalogue.every_name())
        return own or any(model.name == name for model in self._effective.base.models)

    def _check(self, alias: StoredName) -> None:
        if not is_model_name(alias.name):
            raise Unfit("name", "Expected at most 200 visible characters without blanks.")
        if not alias.targets:
            raise Unfit("targets", "Expected at least one model.")
        _check_title(alias.title)
        self._known.require_targets(alias)

    def _require_free(self, name: str, changes: NameChanges) -> None:
        """Raises FixedBySetting: where a name of the file leads is changed in the file."""
        led = changes.targets is not UNSET or changes.fallbacks is not UNSET
        if led and any(model.name == name for model in self._effective.base.models):
            raise FixedBySetting(_FILE, "targets" if changes.targets is not UNSET else "fallbacks")

    def _require_unneeded(self, view: ModelView, changes: NameChanges) -> None:
        if changes.enabled is False and view.default and view.enabled:
            raise InUse("This is the default model: choose another one first.")

    async def _write(self, work: Work, before: StoredName | None, after: StoredName) -> None:
        old, new = ({} if before is None else _facts(before)), _facts(after)
        changed = [word for word in new if old.get(word, UNSET) != new[word]]
        action = "created" if before is None else "changed"
        told = {word: old[word] for word in changed if word in old}
        number = await work.note(action, KIND, after.name, told, {word: new[word] for word in changed})
        await work.store.put_name(replace(after, version=number), work.now)


def _facts(name: StoredName) -> dict[str, object]:
    price = None if name.price is None else asdict(name.price)
    return {
        "targets": name.targets,
        "fallbacks": name.fallbacks,
        "enabled": name.enabled,
        "title": name.title,
        "price": price,
    }


def _require_priceable(view: ModelView, changes: NameChanges) -> None:
    """Raises Unfit, FixedBySetting: what is set where prosa is started wins, and an alias costs what its models cost."""
    price = changes.price
    if isinstance(price, UnsetType):
        return
    if view.price_origin is Origin.FILE:
        raise FixedBySetting(_PRICES, "price")
    if price is not None and view.provider is None:
        raise Unfit("price", "Expected a provider's model: an alias costs what its models cost.")
    if price is not None and not all(0 <= (each or 0) <= MOST_DOLLARS for each in (price.input, price.output, price.cached)):
        raise Unfit("price", f"Expected dollars for a million tokens: from 0 to {MOST_DOLLARS}.")


def _check_title(title: str | None) -> None:
    if title is not None and not (title.strip() and len(title) <= LONGEST_TITLE and title.isprintable()):
        raise Unfit("title", f"Expected a line of at most {LONGEST_TITLE} characters.")

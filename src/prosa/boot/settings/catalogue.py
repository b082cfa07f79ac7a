"""Names of models from `prosa.toml`: `[models.NAME]` and `[aliases]`."""

from collections.abc import Mapping

import msgspec

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.sources import TOML
from prosa.gateway import ModelSettings, Reasoning


class _Target(msgspec.Struct, forbid_unknown_fields=True):
    model: str
    weight: float = 1.0


class _Model(msgspec.Struct, forbid_unknown_fields=True):
    targets: list[str | _Target] = []
    fallbacks: list[str] = []
    reasoning: Reasoning | None = None


class _Names(msgspec.Struct):
    models: dict[str, _Model] = {}
    aliases: dict[str, str] = {}


def models(toml: Mapping[str, object]) -> tuple[ModelSettings, ...]:
    """The catalogue's own names. Raises SettingRefused, naming the place in the file."""
    try:
        names = msgspec.convert({key: toml[key] for key in ("models", "aliases") if key in toml}, _Names)
    except msgspec.ValidationError as error:
        raise SettingRefused(f"{TOML}: {error}") from error
    both = names.models.keys() & names.aliases.keys()
    if both:
        raise SettingRefused(f"{TOML}: {sorted(both)[0]!r} stands under [models] and under [aliases]; expected one of them")
    found = [_settings(name, model) for name, model in names.models.items()]
    found += [ModelSettings(name, ((target, 1.0),)) for name, target in names.aliases.items()]
    return tuple(found)


def _settings(name: str, model: _Model) -> ModelSettings:
    targets = tuple((entry, 1.0) if isinstance(entry, str) else (entry.model, entry.weight) for entry in model.targets)
    if any(weight <= 0 for _, weight in targets):
        raise SettingRefused(f"models.{name}.targets ({TOML}): expected weights above 0")
    return ModelSettings(name, targets, tuple(model.fallbacks), model.reasoning)

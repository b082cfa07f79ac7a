"""What a provider that is stored has to be, and what is written down of it."""

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from msgspec import UnsetType

from prosa.administration.effective import MOCK
from prosa.administration.errors import Unfit
from prosa.administration.models import StoredProvider
from prosa.gateway import REGISTRY, ProviderRow

T = TypeVar("T")
HINT: Final = 4  # characters of a key that are shown
LEAST_HINTED: Final = 16  # of a shorter key they would be too large a part
LONGEST_KEY: Final = 512
LONGEST_NAME: Final = 40
LONGEST_MODEL: Final = 200
MOST_MODELS: Final = 500
TOLD: Final = (
    *("kind", "base_url", "models", "default_model", "default_embedding_model"),
    *("context_length", "enabled", "position"),
)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


def chosen(wish: T | UnsetType, now: T) -> T:
    """What is wished, or what is now."""
    return now if isinstance(wish, UnsetType) else wish


def row_of(kind: str) -> ProviderRow:
    """What a kind is. Raises Unfit."""
    row = REGISTRY.get(kind)
    if row is None or row.wire == MOCK:
        raise Unfit("kind", f"Expected one of {', '.join(name for name in REGISTRY if name != MOCK)}.")
    return row


def check_name(name: str, row: ProviderRow) -> None:
    """Raises Unfit. A vendor's name is kept for that vendor: models are asked for by it, and people trust it."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Unfit("name", f"Expected at most {LONGEST_NAME} small letters, digits, - and _.")
    vendor = REGISTRY.get(name)
    if name == "prosa" or (vendor is not None and vendor.base_url != row.base_url):
        raise Unfit("name", f"The name {name} is kept for {vendor.title if vendor is not None else 'aliases'}.")


def check_key(row: ProviderRow, base_url: str | None, key: str | None) -> None:
    """Raises Unfit for what can't be a key, or a missing one without which the vendor answers nobody."""
    if key is None:
        if row.needs_key and base_url is None:
            raise Unfit("api_key", f"Expected the key: {row.title} answers nobody without one.")
        return
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise Unfit("api_key", "Expected the key as the provider gave it: visible ASCII characters without blanks.")


def check_models(provider: StoredProvider) -> None:
    """Raises Unfit for a name that can't be a model's."""
    named = {f"models.{place}": name for place, name in enumerate(provider.models)}
    named |= {word: name for word in ("default_model", "default_embedding_model") if (name := getattr(provider, word))}
    if len(provider.models) > MOST_MODELS:
        raise Unfit("models", f"Expected at most {MOST_MODELS} names.")
    for param, name in named.items():
        if not is_model_name(name):
            raise Unfit(param, f"Expected a model's name of at most {LONGEST_MODEL} visible characters without blanks.")


def is_model_name(name: str) -> bool:
    """Whether it can be one: it stands in paths, lists and logs."""
    return 0 < len(name) <= LONGEST_MODEL and name.isprintable() and not any(letter.isspace() for letter in name)


def hint_of(key: str | None) -> str | None:
    """The end of a key, which tells people which one it is; nothing of a short one."""
    return None if key is None or len(key) < LEAST_HINTED else f"…{key[-HINT:]}"


def whereabouts(provider: StoredProvider) -> str:
    """Where its key goes: scheme, host and port alone don't do, for behind one host many may live."""
    row = REGISTRY.get(provider.kind)
    return provider.base_url or (row.base_url if row is not None else "")


def facts(provider: StoredProvider, words: Iterable[str], *, key: bool | None) -> dict[str, object]:
    """What is written down of it; of a key, where that is of interest, only whether there is one."""
    found: dict[str, object] = {word: getattr(provider, word) for word in words}
    return found if key is None else found | {"api_key": "set" if key else None}

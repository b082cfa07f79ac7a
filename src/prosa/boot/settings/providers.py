"""Providers from the settings: `<NAME>_API_KEY`, `<NAME>_BASE_URL` and the rest, for each vendor and for any further server."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.kinds import KEY, TEXT, URL, WORDS, choice, whole
from prosa.boot.settings.rows import Row, Secret
from prosa.boot.settings.sources import TOML, Found
from prosa.boot.settings.values import Values
from prosa.gateway import REGISTRY, ProviderRow, ProviderSettings
from prosa.knowledge import OFFLINE_MODEL, OFFLINE_URL

COMPATIBLE = "openai_compatible"
OFFLINE = ProviderSettings(name="offline", kind=COMPATIBLE, base_url=OFFLINE_URL, default_embedding_model=OFFLINE_MODEL)
_KINDS = frozenset({"mock", COMPATIBLE, "openai_responses"})  # rows that a provider may follow and that are none by themselves
_OLDER = {("nvidia", "BASE_URL"): ("NVIDIA_API_URL",), ("gemini", "API_KEY"): ("GOOGLE_API_KEY",)}
_CUSTOM = re.compile(
    r"PROSA_PROVIDER_([A-Z0-9][A-Z0-9_]*?)_(?:BASE_URL|API_KEY|MODELS|MODEL|EMBEDDING_MODEL|CONTEXT_LENGTH|KIND)"
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LOCAL_NAMES = frozenset({"localhost", "0.0.0.0", "::"})  # noqa: S104  # compared with, never bound


@dataclass(frozen=True, slots=True)
class ProviderRows:
    """The settings of one provider."""

    api_key: Row[str | None]
    base_url: Row[str | None]
    models: Row[tuple[str, ...]]
    model: Row[str | None]
    embedding_model: Row[str | None]
    context_length: Row[int | None]
    kind: Row[str | None]

    def all(self) -> tuple[Row[object], ...]:
        """Every row, the most wanted first."""
        return (self.api_key, self.base_url, self.models, self.model, self.embedding_model, self.context_length, self.kind)


@dataclass(frozen=True, slots=True)
class Own:
    """Where this server itself can be reached, so that it never calls itself."""

    port: int
    hosts: frozenset[str]


def rows_of(name: str, vendor: ProviderRow | None) -> ProviderRows:
    """The settings of the provider `name`; a vendor's own names come first, `PROSA_PROVIDER_<NAME>_…` always works."""
    key = f"providers.{name}"
    title = vendor.title if vendor is not None else name
    key_name, *older_keys = _names(name, vendor, "API_KEY")
    url_name, *older_urls = _names(name, vendor, "BASE_URL")
    models, *older_models = _names(name, vendor, "MODELS")
    model, *older_model = _names(name, vendor, "MODEL")
    embedding, *older_embedding = _names(name, vendor, "EMBEDDING_MODEL")
    context, *older_context = _names(name, vendor, "CONTEXT_LENGTH")
    length = whole(128, 100_000_000)
    kinds = choice({kind: kind for kind in REGISTRY})
    return ProviderRows(
        Row(key_name, f"{key}.api_key", KEY, None, f"Key of {title}.", (*older_keys,), (), Secret.FOREIGN),
        Row(url_name, f"{key}.base_url", URL, None, f"Where {title} answers.", (*older_urls,)),
        Row(models, f"{key}.models", WORDS, (), f"Models of {title} to list.", (*older_models,)),
        Row(model, f"{key}.model", TEXT, None, f"Default model of {title}.", (*older_model,)),
        Row(embedding, f"{key}.embedding_model", TEXT, None, f"Default embedding model of {title}.", (*older_embedding,)),
        Row(context, f"{key}.context_length", length, None, "Context length in tokens (Ollama).", (*older_context,)),
        Row(f"PROSA_PROVIDER_{_upper(name)}_KIND", f"{key}.kind", kinds, None, "The registry's row that it follows."),
    )


def _names(name: str, vendor: ProviderRow | None, word: str) -> tuple[str, ...]:
    """The names of one of a provider's settings, best first."""
    always = f"PROSA_PROVIDER_{_upper(name)}_{word}"
    if vendor is None:
        return (always,)
    first = {"API_KEY": vendor.key_name, "BASE_URL": vendor.url_name}.get(word, f"{_upper(name)}_{word}")
    return (first, *_OLDER.get((name, word), ()), always)


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def vendors() -> tuple[str, ...]:
    """Names of the registry that stand for one place each."""
    return tuple(name for name in REGISTRY if name not in _KINDS)


def further(names: Iterable[str], tables: Mapping[str, object]) -> tuple[str, ...]:
    """Providers that only the settings know, in order of their names. Raises SettingRefused for a name that can't be one."""
    found = {match.group(1).lower() for name in names if (match := _CUSTOM.fullmatch(name))} | set(tables)
    for name in found:
        if not _NAME.fullmatch(name):
            raise SettingRefused(f"providers.{name} ({TOML}): expected a name of small letters, digits, - and _")
    return tuple(sorted(found - set(vendors()) - {"mock"}))


def providers(values: Values, own: Own) -> tuple[ProviderSettings, ...]:
    """The configured providers in the registry's order, then further ones. Raises SettingRefused."""
    tables = values.sources.toml.get("providers", {})
    if not isinstance(tables, Mapping):
        raise SettingRefused(f"providers ({TOML}): expected tables such as [providers.openai]")
    names = (*values.sources.environ, *values.sources.dotenv)
    chosen = [_provider(values, name, REGISTRY[name], own) for name in vendors()]
    chosen += [_provider(values, name, None, own) for name in further(names, tables)]
    return tuple(provider for provider in chosen if provider is not None)


def _provider(values: Values, name: str, vendor: ProviderRow | None, own: Own) -> ProviderSettings | None:
    rows = rows_of(name, vendor)
    if all(values.sources.find(row) is None for row in rows.all()):
        return None
    url, url_found = values.look(rows.base_url)
    key, key_found = values.look(rows.api_key)
    if url is not None and url_found is not None and _is_self(url, own):
        url, key = _without_self(values, url_found, key, key_found)
    kind = values.look(rows.kind)[0] or (name if vendor is not None else COMPATIBLE)
    base_url = _address(REGISTRY[kind], url)
    if not _is_configured(REGISTRY[kind], base_url, key):
        return None
    for row in rows.all():
        if values.sources.find(row) is not None:
            values.take(row)
    return ProviderSettings(
        name=name,
        kind=kind,
        base_url=base_url,
        api_key=key,
        models=values.look(rows.models)[0],
        default_model=values.look(rows.model)[0],
        default_embedding_model=values.look(rows.embedding_model)[0],
        context_length=values.look(rows.context_length)[0] if REGISTRY[kind].wire == "ollama" else None,
        private=base_url is not None,
    )


def _without_self(values: Values, url: Found, key: str | None, key_found: Found | None) -> tuple[None, str | None]:
    """Programs that talk to prosa through an SDK have its address in the SDK's own variable, and prosa's key beside it."""
    values.warnings.append(f"{url.name} ({url.source}) is prosa's own address and was left out: prosa never asks itself")
    beside = key_found is not None and key_found.source.split(" line ")[0] == url.source.split(" line ")[0]
    return None, None if beside else key


def _is_self(url: str, own: Own) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return port == own.port and (host in own.hosts or is_loopback(host) or host in _LOCAL_NAMES)


def is_loopback(host: str) -> bool:
    """Whether an address or host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _address(row: ProviderRow, url: str | None) -> str | None:
    """The base URL where it differs from the registry's own."""
    if url is None:
        return None
    if row.wire == "ollama":
        url = url.removesuffix("/v1").removesuffix("/api")  # people know both of its interfaces; prosa speaks the native one
    return None if url == row.base_url else url


def _is_configured(row: ProviderRow, base_url: str | None, key: str | None) -> bool:
    if row.needs_key:
        return key is not None or base_url is not None
    return base_url is not None or (key is not None and bool(row.base_url)) or row.name != COMPATIBLE

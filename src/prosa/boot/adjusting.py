"""Settings of the start, with what is stored laid over them: pure, a table of which part each of them is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from prosa.administration import Value
from prosa.boot.settings import Settings
from prosa.boot.settings.kinds import MB
from prosa.conversations import RetentionSettings
from prosa.identity import RegistrationMode, Role

_DAY: Final = 86_400.0
T = TypeVar("T")
Read = Callable[[Settings], Value]
Write = Callable[[Settings, Any], Settings]  # of the value that the reader gives


@dataclass(frozen=True, slots=True)
class Lens:
    """How one setting is read from the settings, and written into a copy of them."""

    read: Read
    write: Write


def _field(path: str, unit: int = 1) -> Lens:
    """A plain field, such as `usage.days`; `unit`: by how much the setting's number is larger there."""
    parts = path.split(".")

    def read(settings: Settings) -> Value:
        found: Any = settings
        for part in parts:
            found = getattr(found, part)
        value: Value = found if unit == 1 else found // unit
        return value

    def write(settings: Settings, value: Any) -> Settings:
        return _put(settings, parts, value if unit == 1 else value * unit)

    return Lens(read, write)


def _put(whole: T, path: list[str], value: object) -> T:
    first, *rest = path
    return replace(whole, **{first: _put(getattr(whole, first), rest, value) if rest else value})  # type: ignore[type-var]  # settings are dataclasses


def _registration(settings: Settings) -> Value:
    people = settings.identity.people
    return f"domain:{','.join(sorted(people.domains))}" if people.domains else people.registration.value


def _register(settings: Settings, value: str) -> Settings:
    mode, _, domains = value.partition(":")
    found = frozenset(domains.split(",")) if domains else frozenset[str]()
    people = replace(settings.identity.people, registration=RegistrationMode(mode), domains=found)
    return _put(settings, ["identity", "people"], people)


def _trash(settings: Settings) -> Value:
    return round((settings.retention.trash_seconds or 0) / _DAY)


def _bin(settings: Settings, days: int) -> Settings:
    return replace(settings, retention=trashed(settings.retention, days))


def trashed(retention: RetentionSettings, days: int) -> RetentionSettings:
    """The same with another window of the trash; 0: for ever."""
    return replace(retention, trash_seconds=days * _DAY if days else None)


def aged(retention: RetentionSettings, role: str, days: int) -> RetentionSettings:
    """The same with another age for a role; 0: never."""
    roles = {name: seconds for name, seconds in retention.roles.items() if name != role}
    return replace(retention, roles=roles | ({role: days * _DAY} if days else {}))


def _age(role: Role) -> Lens:
    def read(settings: Settings) -> Value:
        return round(settings.retention.roles.get(role.value, 0.0) / _DAY)

    def write(settings: Settings, days: int) -> Settings:
        return replace(settings, retention=aged(settings.retention, role.value, days))

    return Lens(read, write)


def _both(settings: Settings, value: int) -> Settings:
    return replace(settings, usage=replace(settings.usage, bitaca_per_minute=value, serverless_per_minute=value))


LENSES: Final[Mapping[str, Lens]] = {
    "installation.name": _field("installation.name"),
    "installation.support": _field("installation.support"),
    "installation.language": _field("installation.language"),
    "people.registration": Lens(_registration, _register),
    "gateway.default_model": _field("gateway.default_model"),
    "gateway.default_embedding_model": _field("gateway.default_embedding_model"),
    "answers.titles": _field("answers.titles"),
    "answers.small_model": _field("answers.small_model"),
    "answers.memory_tokens": _field("answers.memory_tokens"),
    "access.sharing": _field("sharing.enabled"),
    "access.sharing_days": _field("sharing.days"),
    "upkeep.trash_days": Lens(_trash, _bin),
    "upkeep.retention_days_user": _age(Role.USER),
    "upkeep.retention_days_analyst": _age(Role.ANALYST),
    "upkeep.retention_days_admin": _age(Role.ADMIN),
    "usage.days": _field("usage.days"),
    "limits.requests_per_minute": _field("usage.key_per_minute"),
    "limits.anonymous_requests_per_minute": _field("usage.anonymous_per_minute"),
    "limits.rate_limit_per_minute": Lens(_field("usage.bitaca_per_minute").read, _both),
    "limits.serverless_key_requests_per_minute": _field("usage.serverless_key_per_minute"),
    "limits.failed_per_minute": _field("usage.failed_per_minute"),
    "people.signin_per_minute": _field("identity.people.sign_in_per_minute"),
    "limits.max_runs": _field("runs.driving"),
    "limits.max_sockets": _field("edge.sockets"),
    "limits.max_file_mb": _field("files.file_bytes", MB),
    "limits.max_files": _field("files.space_files"),
    "limits.max_files_mb": _field("files.space_bytes", MB),
    "limits.max_body_mb": _field("edge.body_bytes", MB),
    "chatai.requests_per_minute": _field("chatai.per_minute"),
}


def retained(retention: RetentionSettings, values: Mapping[str, Value]) -> RetentionSettings:
    """How long things are kept, with these values in it."""
    if (days := values.get("upkeep.trash_days")) is not None:
        retention = trashed(retention, int(days))
    for role in Role:
        if (age := values.get(f"upkeep.retention_days_{role.value}")) is not None:
            retention = aged(retention, role.value, int(age))
    return retention


def adjusted(settings: Settings, values: Mapping[str, Value]) -> Settings:
    """A copy with these values in it."""
    for key, value in values.items():
        settings = LENSES[key].write(settings, value)
    return settings

"""The settings that can be changed while prosa runs: what each can be, and how a value is judged.

`key` is section and name as `prosa.toml` has them, `setting` the name in the environment. What stands there wins over what is
stored; bounds may be narrower here, where a slip would shut out whoever has to mend it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prosa.administration.errors import Unfit
from prosa.administration.models import Value

_MOST_TEXT: Final = 200
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@([^\s@]{1,253})")
_PAGE: Final = re.compile(r"https?://[^\s<>\"'`\\{}|^]{1,190}")
_DAYS: Final = 36_500


class Area(StrEnum):
    """On which page it stands."""

    SETTINGS = "settings"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Adjustable:
    """One setting. `zero`: whether 0 is good beside the bounds; `still`: it is shown here, and changed at the start alone."""

    key: str
    setting: str
    kind: str
    area: Area = Area.SETTINGS
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    unit: str | None = None
    zero: bool = False
    still: bool = False

    @property
    def section(self) -> str:
        """The section of prosa.toml."""
        return self.key.partition(".")[0]

    def judged(self, value: Value) -> Value:
        """The value as it is stored; None: nobody chooses any more. Raises Unfit, which names the field."""
        return None if value is None else _JUDGES[self.kind](self, value)

    @property
    def param(self) -> str:
        """The field of a body that holds it."""
        return f"values.{self.key}"


def _switch(row: Adjustable, value: Value) -> Value:
    if not isinstance(value, bool):
        raise Unfit(row.param, "Expected true or false.")
    return value


def _number(row: Adjustable, value: Value) -> Value:
    least, most = row.least or 0, row.most or 0
    fits = isinstance(value, int) and not isinstance(value, bool) and (least <= value <= most or (row.zero and value == 0))
    if not fits:
        raise Unfit(row.param, f"Expected {'0, or ' if row.zero else ''}a whole number from {least} to {most}.")
    return value


def _text(row: Adjustable, value: Value) -> Value:
    text = _line(row, value)
    if len(text) > (row.most or _MOST_TEXT):
        raise Unfit(row.param, f"Expected at most {row.most or _MOST_TEXT} characters.")
    return text


def _line(row: Adjustable, value: Value) -> str:
    """One line with something in it: what turns the direction of writing would let a name look like another."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or not all(letter.isprintable() for letter in text):
        raise Unfit(row.param, "Expected a line of text.")
    return text


def _choice(row: Adjustable, value: Value) -> Value:
    if value not in row.choices:
        raise Unfit(row.param, f"Expected one of {', '.join(row.choices)}.")
    return value


def _registration(row: Adjustable, value: Value) -> Value:
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in ("open", "invite", "closed"):
        return text
    mode, _, listed = text.partition(":")
    domains = sorted({domain.strip().removeprefix("@") for domain in listed.split(",")} - {""})
    if (
        mode != "domain"
        or not 1 <= len(domains) <= 50
        or not all(_DOMAIN.fullmatch(each) and len(each) < 254 for each in domains)
    ):
        raise Unfit(row.param, "Expected open, invite, closed, or domain: with domains such as site.example, parted by commas.")
    return f"domain:{','.join(domains)}"


def _contact(row: Adjustable, value: Value) -> Value:
    """A mail address or a page. Nothing else: it becomes a link on pages that everybody sees."""
    text = _line(row, value)
    if len(text) > _MOST_TEXT or not (_PAGE.fullmatch(text) or _MAIL.fullmatch(text)):
        raise Unfit(row.param, "Expected a mail address, or a page's address that begins with https://.")
    return text


_JUDGES: Final[Mapping[str, Callable[[Adjustable, Value], Value]]] = {
    "switch": _switch,
    "number": _number,
    "text": _text,
    "choice": _choice,
    "model": _text,
    "embedding_model": _text,
    "registration": _registration,
    "contact": _contact,
}


def _limit(key: str, setting: str, bounds: tuple[int, int], unit: str, *, zero: bool = False, still: bool = False) -> Adjustable:
    return Adjustable(key, setting, "number", Area.LIMITS, (), *bounds, unit, zero=zero, still=still)


_MINUTE: Final = "requests a minute"
_MOST: Final = 1_000_000
TABLE: Final[tuple[Adjustable, ...]] = (
    Adjustable("installation.name", "PROSA_NAME", "text", most=60),
    Adjustable("installation.support", "PROSA_SUPPORT", "contact"),
    Adjustable("installation.language", "PROSA_LANGUAGE", "choice", choices=("auto", "en", "pt-BR")),
    Adjustable("people.registration", "PROSA_REGISTRATION", "registration"),
    Adjustable("gateway.default_model", "PROSA_DEFAULT_MODEL", "model"),
    Adjustable("gateway.default_embedding_model", "PROSA_DEFAULT_EMBEDDING_MODEL", "embedding_model"),
    Adjustable("answers.titles", "PROSA_TITLES", "switch"),
    Adjustable("answers.small_model", "PROSA_SMALL_MODEL", "model"),
    Adjustable("answers.memory_tokens", "PROSA_MEMORY_TOKENS", "number", least=1_000, most=_MOST, unit="tokens"),
    Adjustable("access.sharing", "PROSA_SHARING", "switch"),
    Adjustable("access.sharing_days", "PROSA_SHARING_DAYS", "number", least=1, most=3_650, unit="days"),
    Adjustable("upkeep.trash_days", "PROSA_TRASH_DAYS", "number", least=0, most=_DAYS, unit="days"),
    Adjustable("upkeep.retention_days_user", "PROSA_RETENTION_DAYS_USER", "number", least=0, most=_DAYS, unit="days"),
    Adjustable("upkeep.retention_days_analyst", "PROSA_RETENTION_DAYS_ANALYST", "number", least=0, most=_DAYS, unit="days"),
    Adjustable("upkeep.retention_days_admin", "PROSA_RETENTION_DAYS_ADMIN", "number", least=0, most=_DAYS, unit="days"),
    Adjustable("usage.days", "PROSA_USAGE_DAYS", "number", least=0, most=_DAYS, unit="days"),
    # What a page asks for beside model calls is counted apart, so that no number here locks the page that mends it.
    _limit("limits.requests_per_minute", "PROSA_REQUESTS_PER_MINUTE", (60, _MOST), _MINUTE, zero=True),
    _limit("limits.anonymous_requests_per_minute", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE", (60, _MOST), _MINUTE, zero=True),
    _limit("limits.rate_limit_per_minute", "RATE_LIMIT_PER_MINUTE", (1, _MOST), _MINUTE, zero=True),
    _limit("limits.serverless_key_requests_per_minute", "SERVERLESS_KEY_REQUESTS_PER_MINUTE", (1, _MOST), _MINUTE, zero=True),
    # Guessing is never made free from a page.
    _limit("limits.failed_per_minute", "PROSA_FAILED_PER_MINUTE", (1, 1_000), "refused keys a minute"),
    _limit("people.signin_per_minute", "PROSA_SIGNIN_PER_MINUTE", (1, 1_000), "failed sign-ins a minute"),
    _limit("limits.max_runs", "PROSA_MAX_RUNS", (1, 100_000), "answers"),
    _limit("limits.max_sockets", "PROSA_MAX_SOCKETS", (1, 100_000), "sockets"),
    _limit("limits.max_file_mb", "PROSA_MAX_FILE_MB", (1, 10_240), "MB"),
    _limit("limits.max_files", "PROSA_MAX_FILES", (1, 10_000_000), "files"),
    _limit("limits.max_files_mb", "PROSA_MAX_FILES_MB", (1, 16_777_216), "MB"),
    _limit("limits.max_body_mb", "PROSA_MAX_BODY_MB", (1, 1024), "MB", still=True),
    _limit("chatai.requests_per_minute", "CHATAI_REQUESTS_PER_MINUTE", (0, _MOST), _MINUTE, still=True),
)
BY_KEY: Final[Mapping[str, Adjustable]] = {row.key: row for row in TABLE}
MODELS: Final = frozenset({"model", "embedding_model"})

"""What `prosa key …` does."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec

from prosa.cli.people_work import chosen, named
from prosa.cli.terminal import complain, say, table
from prosa.identity import OPERATOR, ApiKey, IdentityParts, KeyQuery, NewKey, Scope
from prosa.kit.errors import BadRequest

if TYPE_CHECKING:
    from prosa.cli.keys_commands import Create, Listing

PAGE = 200
_SPAN = re.compile(r"(\d{1,5})([hd])")


class WrongEnd(BadRequest):
    """A key's end is neither a span nor a date, or lies in the past."""

    def __init__(self, word: str) -> None:
        super().__init__(f"--expires {word!r}: expected a span such as 12h or 30d, or a date to come such as 2030-01-31")


async def create(identity: IdentityParts, options: "Create") -> int:
    """Make a key and show it."""
    new = NewKey(
        account_id=(await named(identity, options.user)).id,
        name=options.name,
        scopes=frozenset(chosen(Scope, "--scopes", word) for word in _words(options.scopes)),
        models=tuple(_words(options.models)) if options.models is not None else None,
        addresses=tuple(_words(options.addresses)) if options.addresses is not None else None,
        expires_at=ending(options.expires, datetime.now(UTC)) if options.expires is not None else None,
    )
    key, text = await identity.keys.create(OPERATOR, new)
    say(text)
    if not options.quiet:
        complain(f"this is the key {key.name!r} of {options.user}, {_until(key)}; copy it now, it is not shown again")
    return 0


async def listing(identity: IdentityParts, options: "Listing") -> int:
    """Print a person's keys."""
    account = await named(identity, options.user)
    found = await _all_of(identity, KeyQuery(account.id, limit=PAGE))
    now = datetime.now(UTC)
    if options.json:
        say(msgspec.json.format(msgspec.json.encode([_shown(key, now) for key in found]), indent=2).decode())
    else:
        say(table([_row(key, now) for key in found], "") or "no keys")
    return 0


async def revoke(identity: IdentityParts, email: str, name: str) -> int:
    """End a key."""
    account = await named(identity, email)
    key = await identity.keys.by_name(OPERATOR, account.id, name)
    await identity.keys.revoke(OPERATOR, key.id)
    say(f"the key {name!r} of {account.email} is revoked")
    return 0


def ending(word: str, now: datetime) -> datetime:
    """The moment that a span from `now`, or a date's end, means. Raises WrongEnd."""
    span = _SPAN.fullmatch(word.strip().lower())
    try:
        if span is not None:
            end = now + (timedelta(hours=int(span[1])) if span[2] == "h" else timedelta(days=int(span[1])))
        else:
            end = datetime.combine(date.fromisoformat(word.strip()), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise WrongEnd(word) from error
    if end <= now:
        raise WrongEnd(word)
    return end


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _until(key: ApiKey) -> str:
    return f"good until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at is not None else "without an end"


async def _all_of(identity: IdentityParts, query: KeyQuery) -> list[ApiKey]:
    found: list[ApiKey] = []
    while True:
        page = await identity.keys.list(OPERATOR, query)
        found += page.items
        if page.next is None:
            return found
        query = replace(query, after=page.next)


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    used = f"used last {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at is not None else "never used"
    return (key.name, key.hint + "…", ",".join(sorted(key.scopes)), key.status(now), _until(key), used)


def _shown(key: ApiKey, now: datetime) -> dict[str, object]:
    return {
        "id": f"key_{key.id}",
        "name": key.name,
        "hint": key.hint,
        "status": key.status(now),
        "scopes": sorted(key.scopes),
        "models": key.models,
        "addresses": key.addresses,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "last_used_address": key.last_used_address,
    }

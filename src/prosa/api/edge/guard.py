"""Who may pass, and how often: the one check before any work is done for a caller."""

import hashlib

from prosa.api.edge.access import Access
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.page_cookie import page_signs
from prosa.api.edge.rates import OPENAI, PLAIN
from prosa.identity import (
    OF_ROLE,
    Caller,
    CallerKind,
    CredentialEnded,
    Door,
    ForeignOrigin,
    ForgedRequest,
    MissingKey,
    Permission,
    PermissionDenied,
    TokenExpired,
    TwoCredentials,
    UnknownKey,
    bucket_of,
)
from prosa.kit.errors import NotFound, ProsaError
from prosa.usage import Decision, RateLimited

NOT_FOUND = "There is no such thing here."


async def guard(exchange: Exchange, access: Access) -> Caller:
    """Let the caller in through the door with the permission, or say why not; sets `exchange.caller` and the rate header fields.

    Charges the door's own limit: B's per visitor, `/v1`'s per key or address, a page's per person, S's per key (its limit per
    `userId` is the handler's to `charge`, once the body is known to be good). Raises TwoCredentials, MissingKey, UnknownKey,
    ForgedRequest, ForeignOrigin, PermissionDenied, NotFound, RateLimited, LimiterUnavailable, DatabaseUnavailable.
    """
    parts = exchange.parts
    epoch = parts.authenticator.epoch
    caller = parts.authenticator.recognised(exchange.credentials, exchange.client, access.door)
    if caller is None or exchange.ticket is not None:
        caller = await _asked(exchange, access)
    if caller.kind is CallerKind.KEY:
        _require_unbarred(exchange, access.door, caller.key_id)
    exchange.caller = caller
    _charge_door(exchange, access, caller)
    if access.permission not in caller.permissions:
        parts.metrics.refused.add((access.door, PermissionDenied.code))
        raise refusal(caller, access)
    if caller.account_id is not None:
        parts.open_calls.add(exchange, access)
        if parts.authenticator.epoch != epoch:
            parts.open_calls.doubt(exchange)  # something was taken from somebody after the caller was read: perhaps from this one
    return caller


def refusal(caller: Caller, access: Access) -> ProsaError:
    """How a caller is told that it hasn't the permission. Where its role could never see such a thing, there is no such thing."""
    if caller.kind is CallerKind.VISITOR:
        return MissingKey()
    if access.hidden and (caller.role is None or access.permission not in OF_ROLE[caller.role]):
        return NotFound(NOT_FOUND)
    return PermissionDenied(access.permission)


def _charge_door(exchange: Exchange, access: Access, caller: Caller) -> None:
    usage, door = exchange.parts.usage, access.door
    if door is Door.SERVERLESS:
        most = usage.serverless_key_per_minute
        # The total of a key never lies below what one of its users may do alone.
        _take(exchange, door, f"s:{_whose(caller)}", max(most, usage.serverless_per_minute) if most else 0)
    elif caller.kind is CallerKind.SESSION and access.permission is not Permission.CALL_MODELS:
        # A page asks for many small things, and programs of its person must not shut them out of the page where that is mended.
        most = usage.key_per_minute and max(usage.page_per_minute, usage.key_per_minute)
        _take(exchange, door, f"w:{caller.account_id}", most)
    elif caller.account_id is not None:
        _take(exchange, door, f"p:{caller.account_id}", usage.key_per_minute)  # many keys of one person share what is theirs
    elif caller.kind is CallerKind.KEY:
        _take(exchange, door, f"k:{caller.key_id}", usage.key_per_minute)
    elif door is Door.BITACA:
        _take(exchange, door, f"b:{bucket_of(caller.address)}", usage.bitaca_per_minute)
    else:
        _take(exchange, door, f"a:{bucket_of(caller.address)}", usage.anonymous_per_minute)


async def guard_again(exchange: Exchange, access: Access) -> Caller:
    """Judge and charge one more thing that is asked for on a connection that stays, by the caller as it stands now.

    Raises CredentialEnded, PermissionDenied, RateLimited, LimiterUnavailable, DatabaseUnavailable.
    """
    caller, still = exchange.caller, exchange.parts.open_calls.still
    assert caller is not None
    if caller.account_id is not None and still is not None:
        caller = await still(caller)
        if caller is None:
            raise CredentialEnded()
        exchange.caller = caller
    _charge_door(exchange, access, caller)
    if access.permission not in caller.permissions:
        raise refusal(caller, access)
    return caller


def charge(exchange: Exchange, bucket: str, per_minute: int, door: Door = Door.SERVERLESS) -> Decision:
    """Charge a limit of the handler's own; its figures replace the guard's in the answer. Raises RateLimited, LimiterUnavailable.

    `bucket` may hold what a caller wrote: only its hash is kept.
    """
    digest = hashlib.blake2b(bucket.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return _take(exchange, door, f"u:{digest}", per_minute)


def barred(exchange: Exchange, key_id: str) -> float:
    """How long a right key has to wait because its address tried too many wrong ones, in seconds; 0.0 where it needn't.

    All workers agree, for the failures are counted by the limiter. Raises LimiterUnavailable.
    """
    parts, bucket = exchange.parts, bucket_of(exchange.client)
    if parts.bars.knows(bucket, key_id):
        return 0.0
    failures = parts.limiter.take(f"f:{bucket}", parts.usage.failed_per_minute, 0.0)
    if failures.limit and not failures.remaining:
        return max(0.001, failures.reset_seconds - 60.0 + 60.0 / failures.limit)  # until one more guess is free
    parts.bars.remember(bucket, key_id)
    return 0.0


async def _asked(exchange: Exchange, access: Access) -> Caller:
    """The caller by all that the request shows, if it isn't refused."""
    parts, door = exchange.parts, access.door
    signs = page_signs(exchange) if access.narrow else exchange.signs
    try:
        return await parts.authenticator.caller(signs, door)
    except (TwoCredentials, MissingKey, UnknownKey, TokenExpired, ForeignOrigin, ForgedRequest) as error:
        parts.metrics.refused.add((door, error.code))
        if isinstance(error, UnknownKey):
            _count_failure(exchange, door, bucket_of(exchange.client))
        raise


def _require_unbarred(exchange: Exchange, door: Door, key_id: str) -> None:
    left = barred(exchange, key_id)
    if left:
        exchange.parts.metrics.limited.add((door,))
        raise RateLimited(left)


def _count_failure(exchange: Exchange, door: Door, address: str) -> None:
    """Count a wrong key against its address. Once there were too many, wrong and right ones get the same answer for a while."""
    parts = exchange.parts
    decision = parts.limiter.take(f"f:{address}", parts.usage.failed_per_minute)
    if not decision.allowed:
        parts.metrics.limited.add((door,))
        raise RateLimited(decision.retry_after)


def _take(exchange: Exchange, door: Door, bucket: str, per_minute: int) -> Decision:
    decision = exchange.parts.limiter.take(bucket, per_minute)
    if decision.limit:
        exchange.decision = decision
        exchange.rate_style = OPENAI if door is Door.OPENAI else PLAIN
    if not decision.allowed:
        exchange.parts.metrics.limited.add((door,))
        raise RateLimited(decision.retry_after)
    return decision


def _whose(caller: Caller) -> str:
    return caller.key_id if caller.kind is CallerKind.KEY else bucket_of(caller.address)

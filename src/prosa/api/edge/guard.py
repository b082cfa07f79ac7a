"""Who may pass, and how often: the one check before any work is done for a caller."""

import hashlib

from prosa.api.edge.exchange import Exchange
from prosa.api.edge.rates import OPENAI, PLAIN
from prosa.identity import (
    Caller,
    CallerKind,
    Door,
    ForeignOrigin,
    MissingKey,
    Signs,
    TwoCredentials,
    UnknownKey,
    bucket_of,
)
from prosa.usage import Decision, RateLimited


def guard(exchange: Exchange, door: Door) -> Caller:
    """Let the caller in through `door`, or say why not; sets `exchange.caller` and the rate header fields.

    Charges the door's own limit: B's per visitor, `/v1`'s per key or address, S's per key (its limit per `userId` is the
    handler's to `charge`, once the body is known to be good). Raises TwoCredentials, MissingKey, UnknownKey, ForeignOrigin,
    RateLimited, LimiterUnavailable.
    """
    caller = _known(exchange, door)
    exchange.caller = caller
    usage = exchange.parts.usage
    if door is Door.SERVERLESS:
        most = usage.serverless_key_per_minute
        # The total of a key never lies below what one of its users may do alone.
        _take(exchange, door, f"s:{_whose(caller)}", max(most, usage.serverless_per_minute) if most else 0)
    elif caller.kind is CallerKind.KEY:
        _take(exchange, door, f"k:{caller.key_id}", usage.key_per_minute)
    elif door is Door.BITACA:
        _take(exchange, door, f"b:{bucket_of(caller.address)}", usage.bitaca_per_minute)
    else:
        _take(exchange, door, f"a:{bucket_of(caller.address)}", usage.anonymous_per_minute)
    return caller


def charge(exchange: Exchange, bucket: str, per_minute: int) -> Decision:
    """Charge a limit of the handler's own; its figures replace the guard's in the answer. Raises RateLimited, LimiterUnavailable.

    `bucket` may hold what a caller wrote: only its hash is kept.
    """
    digest = hashlib.blake2b(bucket.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return _take(exchange, Door.SERVERLESS, f"u:{digest}", per_minute)


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


def _known(exchange: Exchange, door: Door) -> Caller:
    """The caller, if it isn't refused."""
    parts, address = exchange.parts, exchange.client
    credentials = exchange.credentials
    caller = parts.authenticator.recognised(credentials, address)
    if caller is None:
        signs = Signs(credentials, address, exchange.loopback, exchange.origin_kind)
        try:
            caller = parts.authenticator.caller(signs, door)
        except (TwoCredentials, MissingKey, UnknownKey, ForeignOrigin) as error:
            parts.metrics.refused.add((door, error.code))
            if isinstance(error, UnknownKey):
                _count_failure(exchange, door, bucket_of(address))
            raise
    if caller.kind is CallerKind.KEY:
        left = barred(exchange, caller.key_id)
        if left:
            parts.metrics.limited.add((door,))
            raise RateLimited(left)
    return caller


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

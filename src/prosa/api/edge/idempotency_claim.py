"""Where a request's `Idempotency-Key` is looked up: behind the guard, before anything is done."""

import hashlib
import re
from typing import Final

from prosa.api.edge.exchange import Exchange
from prosa.api.edge.guard import charge
from prosa.api.edge.idempotency import HEADER, REPLAYED, Repeated
from prosa.identity import Door, KeptAnswer, KeyedRequest, KeyInvalid, bucket_of

_PRINTABLE: Final = re.compile(rb"[\x20-\x7e]+")


async def claim_repeat(exchange: Exchange) -> None:
    """Have the request answered once; to be called for one that has a `repeat`.

    Raises Repeated where it was answered before, KeyInvalid, KeyReused, RequestInFlight, DatabaseUnavailable, what reading a body
    raises, and for callers whom nobody asks who they are RateLimited.
    """
    repeat, service = exchange.repeat, exchange.parts.repeats
    if repeat is None or service is None:
        return
    key = _key(exchange, service.settings.key_characters)
    if exchange.caller is None:
        charge(exchange, f"repeats|{bucket_of(exchange.client)}", exchange.parts.usage.anonymous_per_minute, Door.APP)
    await exchange.hear_out()
    digest = repeat.digest(exchange.method, exchange.path, exchange.scope["query_string"])
    found = await service.claim(KeyedRequest(_space(exchange), key, _within(exchange, digest)))
    if isinstance(found, KeptAnswer):
        raise Repeated(found)
    repeat.claimed(found, service)


async def answer_again(exchange: Exchange, answer: KeptAnswer) -> None:
    """The same answer, marked as a repetition."""
    exchange.repeat = None
    headers = [header for header in answer.headers if header[0] != b"content-type"]
    kinds = [value for name, value in answer.headers if name == b"content-type"]
    if kinds or answer.body:
        kind = kinds[-1] if kinds else b"application/octet-stream"
        await exchange.respond(answer.status, answer.body, kind, [*headers, REPLAYED])
    else:
        await exchange.respond_empty(answer.status, [*headers, REPLAYED])


def _key(exchange: Exchange, most: int) -> str:
    values = exchange.header_values(HEADER)
    key = values[0].strip(b" \t")
    if len(values) != 1 or len(key) > most or not _PRINTABLE.fullmatch(key):
        raise KeyInvalid(most)
    return key.decode("ascii")


def _within(exchange: Exchange, digest: bytes) -> bytes:
    """The digest for this caller: what an owner's other key was told is nothing to one that may use other models alone."""
    models = exchange.caller.models if exchange.caller is not None else None
    return digest if models is None else hashlib.sha256(digest + "\n".join(sorted(models)).encode()).digest()


def _space(exchange: Exchange) -> str:
    """Whose keys these are. Strangers whom nobody asks who they are share nothing but an address; hashed, it names nobody."""
    if exchange.caller is not None:
        return exchange.caller.space
    return "public-" + hashlib.sha256(f"public|{bucket_of(exchange.client)}".encode()).hexdigest()[:24]

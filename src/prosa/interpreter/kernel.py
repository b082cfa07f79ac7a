"""One kernel: a process in a jail that runs cells one after the other and keeps their state."""

import asyncio
import os
import struct
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from prosa.interpreter.jail import command, walls
from prosa.interpreter.models import How, Made, Picture, Ran, Said, Text
from prosa.interpreter.settings import InterpreterSettings

_LENGTH: Final = struct.Struct(">I")
_LINE: Final = 64 * 1024 * 1024  # bytes of one frame from inside, at most
_AFTER_INTERRUPT: Final = 3.0  # seconds in which a cell has to give way
_LONGEST_NAME: Final = 120
_FORMS: Final = frozenset({"image/png", "image/jpeg", "image/svg+xml"})


class KernelDied(Exception):
    """The kernel has ended, or says what no kernel of ours says."""


class _Message(msgspec.Struct):
    """What comes from inside. Whoever wrote the code may have written this, too: it is bounded and judged."""

    kind: Literal["ready", "stdout", "stderr", "result", "error", "picture", "file", "done"]
    text: str = ""
    form: str = ""
    data: str = ""
    name: str = ""
    id: int = 0
    good: bool = False
    cut: bool = False


_message: Final = msgspec.json.Decoder(_Message).decode
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Heard:
    """What a cell has said so far, within the same bounds as inside."""

    settings: InterpreterSettings
    texts: list[Text] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    files: list[Made] = field(default_factory=list)
    cut: bool = False
    size: int = 0

    def take(self, message: _Message, content: bytes) -> None:
        """Note one message."""
        self.size += len(message.text) + len(message.data) + len(content)
        settings = self.settings
        if self.size > settings.text_bytes + settings.picture_bytes + settings.file_bytes:
            self.cut = True
            return
        if message.kind == "file":
            self._file(message.name, content)
        elif message.kind == "picture":
            self._picture(message)
        else:
            said = Said(message.kind)
            if self.texts and self.texts[-1].said is said:
                self.texts[-1] = Text(said, self.texts[-1].text + message.text)
            else:
                self.texts.append(Text(said, message.text))

    def _file(self, name: str, content: bytes) -> None:
        if len(self.files) >= self.settings.files:
            self.cut = True
            return
        self.files.append(Made(plain_name(name), content))

    def _picture(self, message: _Message) -> None:
        if message.form not in _FORMS or len(self.pictures) >= self.settings.files:
            self.cut = True
            return
        with suppress(NotBase64, ValueError):
            svg = message.form == "image/svg+xml"
            self.pictures.append(Picture(message.form, message.data.encode() if svg else b64decode(message.data)))

    def ran(self, how: How, *, fresh: bool) -> Ran:
        """All of it."""
        return Ran(how, tuple(self.texts), tuple(self.pictures), tuple(self.files), self.cut, fresh)


class Kernel:
    """Made by `started`; one cell at a time."""

    def __init__(self, process: asyncio.subprocess.Process, settings: InterpreterSettings) -> None:
        self._process = process
        self._settings = settings
        self._cells = 0

    @staticmethod
    async def started(settings: InterpreterSettings, number: int) -> "Kernel":
        """A kernel that is ready. Raises KernelDied."""
        try:
            kernel = Kernel(await _process(settings, number), settings)
        except OSError as error:
            raise KernelDied from error
        try:
            async with asyncio.timeout(settings.starting_seconds):
                message, _ = await kernel._next()
            if message.kind != "ready":
                raise KernelDied
        except (KernelDied, TimeoutError, asyncio.CancelledError) as error:
            await kernel.end()
            if isinstance(error, TimeoutError):
                raise KernelDied from error
            raise
        return kernel

    @property
    def fresh(self) -> bool:
        """Whether it has run nothing yet."""
        return not self._cells

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.returncode is None

    async def put(self, files: Sequence[Made]) -> None:
        """Lay files into its folder; there they replace what has their name. Raises KernelDied."""
        for file in files:
            self._send(_encode({"do": "put", "name": plain_name(file.name)}))
            self._send(file.content)
            await self._sent()

    async def run(self, code: str) -> Ran:
        """Run a cell. What takes too long is interrupted; what won't be interrupted ends with the kernel."""
        fresh, self._cells = self.fresh, self._cells + 1
        heard = _Heard(self._settings)
        try:
            self._send(_encode({"do": "run", "id": self._cells, "code": code}))
            await self._sent()
            return heard.ran(await self._hear(heard), fresh=fresh)
        except KernelDied:
            await self.end()
            return heard.ran(How.DIED, fresh=fresh)
        except asyncio.CancelledError:
            await self.end()
            raise

    async def end(self) -> None:
        """Kill it with all that runs in it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _hear(self, heard: _Heard) -> How:
        try:
            async with asyncio.timeout(self._settings.seconds):
                return await self._to_the_end(heard)
        except TimeoutError:
            self._send(_encode({"do": "interrupt"}))
        try:
            async with asyncio.timeout(_AFTER_INTERRUPT):
                await self._sent()
                await self._to_the_end(heard)
                return How.TIMED_OUT
        except TimeoutError as error:
            raise KernelDied from error

    async def _to_the_end(self, heard: _Heard) -> How:
        while True:
            message, content = await self._next()
            if message.kind == "done" and message.id == self._cells:
                heard.cut = heard.cut or message.cut
                return How.DONE if message.good else How.FAILED
            if message.kind in ("ready", "done"):
                raise KernelDied
            heard.take(message, content)

    async def _next(self) -> tuple[_Message, bytes]:
        try:
            message = _message(await self._frame())
        except msgspec.MsgspecError as error:
            raise KernelDied from error
        return message, await self._frame() if message.kind == "file" else b""

    async def _frame(self) -> bytes:
        assert self._process.stdout is not None
        try:
            (length,) = _LENGTH.unpack(await self._process.stdout.readexactly(_LENGTH.size))
            if length > _LINE + self._settings.file_bytes:
                raise KernelDied
            return await self._process.stdout.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise KernelDied from error

    def _send(self, body: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(_LENGTH.pack(len(body)) + body)

    async def _sent(self) -> None:
        assert self._process.stdin is not None
        try:
            await self._process.stdin.drain()
        except ConnectionError as error:
            raise KernelDied from error


async def _process(settings: InterpreterSettings, number: int) -> asyncio.subprocess.Process:
    """A jail with Python in it. Raises OSError."""
    pipe = asyncio.subprocess.PIPE
    descriptor = os.memfd_create("walls")
    try:
        os.write(descriptor, walls(settings))
        os.lseek(descriptor, 0, os.SEEK_SET)
        words = command(settings, number, descriptor)
        return await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, limit=_LINE, env={}, pass_fds=(descriptor,)
        )
    finally:
        os.close(descriptor)


def plain_name(name: str) -> str:
    """A file's name without any path or sign that means something elsewhere."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign if sign.isprintable() and sign not in '<>:"|?*' else "_" for sign in last).strip(". ")
    return kept[-_LONGEST_NAME:] or "file"

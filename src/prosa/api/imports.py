"""A file that comes in to be imported: a form with it and whether it is only to be looked at, as it streams."""

from collections.abc import Callable
from typing import Final

from prosa.api.edge import Exchange, Form, FormPart, claim_repeat
from prosa.conversations import Importer, ImportService
from prosa.files import File, FileEmpty, FileRefused
from prosa.kit.errors import BadRequest
from prosa.runs import Run

_SLACK: Final = 64 * 1024  # bytes of a form beside the file
_FIELD: Final = 16
_CHOICES: Final = {"true": True, "false": False}


class ImportUpload:
    """One `POST /api/v1/imports`."""

    def __init__(self, exchange: Exchange, imports: ImportService, importer: Importer, most: int) -> None:
        """`most`: bytes of the file."""
        self._exchange = exchange
        self._imports = imports
        self._importer = importer
        self._most = most
        self._file: File | None = None
        self._dry_run: bool | None = None

    async def started(self, importer: Callable[[], Importer]) -> Run:
        """The run, once all of the body has come; `importer` says who imports when it is known whether this is a repetition.

        Raises MalformedForm, FileRefused, PayloadTooLarge, FileTooLarge, FileQuotaExceeded, TooManyRuns, StorageFull. What isn't
        started leaves nothing behind.
        """
        try:
            file = await self._received()
            if self._exchange.repeat is not None:
                await claim_repeat(self._exchange)
            return await self._imports.start(importer(), file, dry_run=self._dry_run or False)
        except BaseException:
            if self._file is not None:
                await self._imports.discard(self._file)
            raise

    async def _received(self) -> File:
        try:
            return await self._read()
        except BadRequest:
            if self._exchange.repeat is not None:
                async for _ in self._exchange.pieces(self._most + _SLACK):
                    pass  # a refusal too is given again, and only to the same body
                await claim_repeat(self._exchange)
            raise

    async def _read(self) -> File:
        form = Form(self._exchange.header(b"content-type"), self._exchange.pieces(self._most + _SLACK))
        while (part := await form.next()) is not None:
            await self._take(form, part)
        if self._file is None:
            raise FileRefused("The request needs a file, in a part of the name `file`.", param="file")
        if not self._file.bytes:
            raise FileEmpty
        return self._file

    async def _take(self, form: Form, part: FormPart) -> None:
        if part.name == "file" and part.filename is not None:
            if self._file is not None:
                raise FileRefused("There is more than one file in the request.", param="file")
            self._file = await self._imports.keep(self._importer, part.filename, form.read())
        elif part.name == "dry_run" and self._dry_run is None:
            self._dry_run = _CHOICES.get(await form.value(_FIELD))
            if self._dry_run is None:
                raise FileRefused("dry_run: expected true or false.", param="dry_run")
        else:
            raise FileRefused(f"{part.name[:50]}: it isn't known here, or stands there twice.", param=part.name[:50])

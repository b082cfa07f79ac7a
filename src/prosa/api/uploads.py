"""Files that come in: a form that streams into an upload, and a body that is the file itself."""

from typing import Final

from prosa.api.edge import Exchange, Form, FormPart, claim_repeat
from prosa.files import File, FileRefused, Upload, is_active
from prosa.kit.errors import BadRequest

_SLACK: Final = 64 * 1024  # bytes of a form beside the file
_FIELD: Final = 4096
_ANCHOR: Final = "expires_after[anchor]"
_SECONDS: Final = "expires_after[seconds]"
_FIELDS: Final = frozenset({"purpose", _ANCHOR, _SECONDS})


class FormUpload:
    """One `POST /v1/files`: fields in any order, and one file among them."""

    def __init__(self, exchange: Exchange, upload: Upload, most: int) -> None:
        """`most`: bytes of the file."""
        self._exchange = exchange
        self._upload = upload
        self._most = most
        self._fields: dict[str, str] = {}

    async def kept(self) -> File:
        """The file, once all of the body has come. Raises MalformedForm, PayloadTooLarge, and what Upload raises.

        A repetition of a request (`Idempotency-Key`) is known only by its whole body, so it is stored before it is recognised,
        and then forgotten again.
        """
        exchange = self._exchange
        try:
            seconds = await self._read()
        except BadRequest:
            if exchange.repeat is not None:
                async for _ in exchange.pieces(self._most + _SLACK):
                    pass  # a refusal too is given again, and only to the same body
                await claim_repeat(exchange)
            raise
        if exchange.repeat is not None:
            await claim_repeat(exchange)
        return await self._upload.keep(self._fields.get("purpose"), seconds, exchange.object_id)

    async def _read(self) -> int | None:
        """All of the form, checked; how many seconds the file shall live."""
        exchange = self._exchange
        form = Form(exchange.header(b"content-type"), exchange.pieces(self._most + _SLACK))
        while (part := await form.next()) is not None:
            await self._take(form, part)
        seconds = self._seconds()
        self._upload.check(self._fields.get("purpose"), seconds)
        return seconds

    async def _take(self, form: Form, part: FormPart) -> None:
        if part.name == "file":
            if part.filename is None:
                raise FileRefused("The part `file` has no file name.", param="file")
            await self._upload.receive(part.filename, part.content_type, form.read())
            return
        value = await form.value(_FIELD)
        if part.name in _FIELDS:
            if part.name in self._fields:
                raise FileRefused(f"{part.name}: it stands there twice.", param=part.name)
            self._fields[part.name] = value

    def _seconds(self) -> int | None:
        anchor, seconds = self._fields.get(_ANCHOR), self._fields.get(_SECONDS)
        if anchor is None and seconds is None:
            return None
        if anchor != "created_at":
            raise FileRefused("expires_after.anchor: expected created_at.", param="expires_after.anchor")
        if seconds is None or len(seconds) > 9 or not (seconds.isascii() and seconds.isdigit()):
            raise FileRefused("expires_after.seconds: expected a whole number.", param="expires_after.seconds")
        return int(seconds)


def given_type(file: File) -> str:
    """The type under which content is given out: of what a browser might run, none."""
    return "application/octet-stream" if is_active(file.media_type) else file.media_type

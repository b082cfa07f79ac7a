"""Sending mail, a few at a time and within a bound of time."""

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Final

from prosa.drivers.mail.errors import MailFailed
from prosa.drivers.mail.models import Mail, MailSettings

if TYPE_CHECKING:
    import ssl

_logger = logging.getLogger("prosa.mail")

SECONDS: Final = 30.0  # for one mail, from the dialling on
AT_ONCE: Final = 4  # connections to the server
LATER: Final = 60.0


class Mailer:
    """Hands mails to the operator's server. Nothing is loaded or connected before the first."""

    def __init__(self, settings: MailSettings, context: "ssl.SSLContext | None" = None, seconds: float = SECONDS) -> None:
        """`context`: whom to trust, None for the authorities of certifi and of the system."""
        self._settings = settings
        self._context = context
        self._seconds = seconds
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, mail: Mail) -> None:
        """Return once the server has taken the mail. Raises MailFailed.

        An address or a subject that would make a second header or a second recipient is refused before anything is dialled.
        """
        sending = await asyncio.to_thread(importlib.import_module, "prosa.drivers.mail.sending")
        try:
            message = sending.composed(mail, self._settings.sender)
            async with asyncio.timeout(self._seconds), self._room:
                await sending.deliver(message, mail.to, self._settings, self._trust(sending.trusted))
        except TimeoutError as error:
            _logger.warning("a mail could not be sent: the server took too long")
            raise MailFailed("the server took too long", retry_after=LATER) from error
        except MailFailed as error:
            _logger.warning("a mail could not be sent: %s", error.reason)
            raise

    def _trust(self, make: "type[ssl.SSLContext]") -> "ssl.SSLContext":
        if self._context is None:
            self._context = make()
        return self._context

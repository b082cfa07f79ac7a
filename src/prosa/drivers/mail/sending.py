"""One mail to one server by SMTP (RFC 5321, RFC 3207); importing this loads aiosmtplib."""

import re
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final

import aiosmtplib

from prosa.drivers.mail.errors import MailFailed
from prosa.drivers.mail.models import Mail, MailSettings
from prosa.drivers.outbound import make_context
from prosa.kit.ids import new_text

QUIT_SECONDS: Final = 2.0
LONGEST: Final = 254
LATER: Final = 60.0
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")  # RFC 5321's Dot-string and Domain


def composed(mail: Mail, sender: str) -> EmailMessage:
    """The message with its headers. Raises MailFailed for an address or a subject that is more than that (attack L7)."""
    if not is_address(mail.to) or not is_address(sender):
        raise MailFailed("an address is none")
    if not mail.subject.isprintable():
        raise MailFailed("the subject has control characters")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{new_text(22)}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply comes back
        message.set_content(mail.text)
    except ValueError as error:  # half a surrogate pair, a line break
        raise MailFailed("the text can't be written") from error
    return message


def is_address(text: str) -> bool:
    """Whether it is one plain address, and nothing beside it."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None


def trusted() -> ssl.SSLContext:
    """Certificates and host names are checked; without HTTP's protocol name, which a mail server may refuse."""
    context = make_context()
    context.set_alpn_protocols([])
    return context


async def deliver(message: EmailMessage, to: str, settings: MailSettings, context: ssl.SSLContext) -> None:
    """Give it to the server and wait for its word. Raises MailFailed.

    With `starttls` a server that doesn't offer it, or somebody on the way who hides that it does, gets neither password nor mail.
    """
    server = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.user,
        password=settings.password,
        local_hostname=str(message["From"]).rpartition("@")[2],
        use_tls=settings.tls == "tls",
        start_tls=settings.tls == "starttls",
        tls_context=context,
        timeout=None,  # the caller bounds the whole
    )
    try:
        await server.connect()
        await server.send_message(message, sender=str(message["From"]), recipients=[to])
        with suppress(aiosmtplib.SMTPException, OSError):
            await server.quit(timeout=QUIT_SECONDS)  # it was taken already, whatever this says
    except (aiosmtplib.SMTPException, OSError, ValueError, RuntimeError) as error:
        raise _failure(error) from error
    finally:
        server.close()


def _failure(error: Exception) -> MailFailed:
    number = _number(error)
    shown = f" ({number})" if number else ""
    if isinstance(error.__cause__ or error, ssl.SSLError):
        return MailFailed("the server's certificate or its TLS can't be trusted")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return MailFailed(f"the server refused the user or the password{shown}")
    if isinstance(error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPServerDisconnected | OSError):
        return MailFailed(f"the server can't be reached{shown}", retry_after=LATER)
    if number:
        return MailFailed(f"the server refused the mail{shown}", retry_after=LATER if number < 500 else None)
    return MailFailed(f"the server doesn't do what it is asked to: {type(error).__name__}")


def _number(error: BaseException) -> int:
    """The server's number, of its refusal of the only recipient too."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    return int(error.code) if isinstance(error, aiosmtplib.SMTPResponseException) else 0

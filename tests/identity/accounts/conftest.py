"""A mail server in the test's own loop, for what is mailed to people."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from prosa.drivers.mail import Mailer, MailSettings


@dataclass
class Mailbox:
    """What was mailed, oldest first, and what mails to it."""

    taken: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    port: int = 0

    @property
    def mailer(self) -> Mailer:
        """A mailer that knows this server."""
        return Mailer(MailSettings("127.0.0.1", self.port, sender="no-reply@prosa.example", tls="none"))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a mail, or refuse it."""
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        if not self.refusal:
            self.taken.append(found)
        return self.refusal or "250 taken"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """An empty one."""
    found = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(found, hostname="localhost"), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()

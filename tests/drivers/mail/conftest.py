"""A real mail server in the test's own loop, with and without TLS, and one that plays the man in the middle."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from prosa.drivers.mail import Mailer, MailSettings

USER, PASSWORD = "postman", "a password of the post"
SENDER: Final = "no-reply@site.example"
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Post:
    """A mail server: what it took, and how it behaves."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    refusal: str = ""

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the server calls it so
        """Take a mail, or refuse it."""
        if self.refusal:
            return self.refusal
        self.taken.append(envelope)
        self.over_tls.append(session.ssl is not None)
        return "250 taken"

    def letter(self) -> EmailMessage:
        """The one mail that was taken."""
        (envelope,) = self.taken
        found = message_from_bytes(self.raw(), policy=policy.default)
        assert isinstance(found, EmailMessage)
        assert envelope.mail_from == SENDER
        return found

    def raw(self) -> bytes:
        """Its bytes."""
        content = self.taken[0].content
        assert isinstance(content, bytes)
        return content


@dataclass(frozen=True, slots=True)
class Trust:
    """A certificate for `localhost`, as server and client need it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Made anew in each run."""
    return _certified(tmp_path_factory.mktemp("mail"), "localhost")


@pytest.fixture(scope="session")
def impostor(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """A certificate of another name."""
    return _certified(tmp_path_factory.mktemp("impostor"), "elsewhere.example")


def _certified(folder: Path, name: str) -> Trust:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate", folder / "key")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(folder / "certificate")
    return Trust(server, client)


def _check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@asynccontextmanager
async def post(trust: Trust | None, tls: str = "starttls", auth_in_clear: bool = False) -> AsyncIterator[Post]:
    """A running mail server. `tls` as the settings have it; without `trust` it knows no TLS."""
    found = Post()
    starting = trust.server if trust is not None and tls == "starttls" else None

    def talk() -> SMTP:
        return SMTP(found, hostname="localhost", tls_context=starting, authenticator=_check, auth_require_tls=not auth_in_clear)

    whole = trust.server if trust is not None and tls == "tls" else None
    server = await asyncio.get_running_loop().create_server(talk, "127.0.0.1", 0, ssl=whole)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[int]:
    """A server that says what the test wants; its port."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await script(reader, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def mailer(port: int, tls: str = "starttls", trust: Trust | None = None, seconds: float = 5.0, signed: bool = True) -> Mailer:
    """A mailer to a server of this machine."""
    user, password = (USER, PASSWORD) if signed else (None, None)
    settings = MailSettings("localhost", port, user, password, SENDER, tls)
    return Mailer(settings, trust.client if trust is not None else None, seconds)

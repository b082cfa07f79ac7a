"""Mail reaches the operator's server safely, or fails with a word for the operator and none for the caller."""

import asyncio
import dataclasses
import ssl

import pytest

from prosa.drivers.mail import Mail, MailFailed
from tests.drivers.mail.conftest import PASSWORD, SENDER, Trust, mailer, post, scripted

HELLO = Mail("ana@people.example", "Redefinição de senha", "Olá, Ana!\n\nhttps://site.example/reset#token=abc\n")


async def failure(port: int, tls: str = "starttls", trust: Trust | None = None, seconds: float = 5.0) -> MailFailed:
    """How sending to this port fails."""
    with pytest.raises(MailFailed) as caught:
        await mailer(port, tls, trust, seconds).send(HELLO)
    assert caught.value.message == "The mail could not be sent."
    assert PASSWORD not in repr(caught.value) + caught.value.reason
    return caught.value


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_mail_arrives_over_tls(trust: Trust, tls: str) -> None:
    async with post(trust, tls, auth_in_clear=tls == "tls") as server:
        await mailer(server.port, tls, trust).send(HELLO)
        letter = server.letter()
        assert server.over_tls == [True] or tls == "tls"
        assert server.taken[0].rcpt_tos == [HELLO.to]
        assert (letter["From"], letter["To"], letter["Subject"]) == (SENDER, HELLO.to, HELLO.subject)
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["Date"] and letter["Message-ID"].endswith("@site.example>")
        assert letter.get_content().splitlines() == HELLO.text.splitlines()
        assert letter.get_content_type() == "text/plain"


async def test_a_mail_arrives_without_tls_where_that_is_asked_for(trust: Trust) -> None:
    async with post(None, "none", auth_in_clear=True) as server:
        await mailer(server.port, "none").send(HELLO)
        assert server.letter().get_content().splitlines() == HELLO.text.splitlines()
    async with post(trust, "starttls", auth_in_clear=True) as server:
        await mailer(server.port, "none", signed=False).send(HELLO)
        assert server.over_tls == [False]


@pytest.mark.attack("L7")
@pytest.mark.parametrize(
    "mail",
    [
        dataclasses.replace(HELLO, to=to)
        for to in (
            *("a@b.example\r\nBcc: eve@evil.example", "a@b.example, eve@evil.example", "<a@b.example>", "a b@c.example", ""),
            *("a@b.example>\r\nRCPT TO:<eve@evil.example", "Ana <a@b.example>", "a@b.example\n", "a\x00@b.example", "@", "a@"),
            *(
                '"a\\"@x"@b.example',
                "a@b.example\u2028",
                "é@b.example",
                "a@b.example ",
                "a" * 300 + "@b.example",
                "a@[127.0.0.1]",
            ),
        )
    ]
    + [
        dataclasses.replace(HELLO, subject=subject)
        for subject in ("Hi\r\nBcc: eve@evil.example", "Hi\nX: y", "Hi\rX: y", "Hi\x00", "Hi\u2028X: y", "Hi\x85X: y", "\ud800")
    ],
    ids=repr,
)
async def test_what_would_be_a_second_header_or_recipient_is_refused(trust: Trust, mail: Mail) -> None:
    async with post(trust) as server:
        with pytest.raises(MailFailed):
            await mailer(server.port, "starttls", trust).send(mail)
        assert server.taken == []


@pytest.mark.attack("L7")
@pytest.mark.parametrize(
    "text",
    [
        ".\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\nhi\r\n.\r\n",
        "a\n.\nMAIL FROM:<eve@evil.example>\n",
        "a\r.\rMAIL FROM:<eve@evil.example>\r",
        "a\n.\r\nMAIL FROM:<eve@evil.example>\n\r.\n\r",
        "..\n.\n.x\n",
        "é\n.\nü",
        "x" * 5000,
        "<script>alert(1)</script>",
    ],
    ids=repr,
)
async def test_whatever_the_text_says_is_text(trust: Trust, text: str) -> None:
    async with post(trust) as server:
        await mailer(server.port, "starttls", trust).send(dataclasses.replace(HELLO, text=text))
        letter = server.letter()
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content().split() == text.split()
        assert server.taken[0].rcpt_tos == [HELLO.to]
        assert max(len(line) for line in server.raw().split(b"\r\n")) <= 998


async def test_names_of_other_scripts_are_subjects_too(trust: Trust) -> None:
    subject = "Convite de José Ñandú 名前 " + "muito comprido " * 20
    async with post(trust) as server:
        await mailer(server.port, "starttls", trust).send(dataclasses.replace(HELLO, subject=subject.strip()))
        assert server.letter()["Subject"] == subject.strip()


async def test_a_server_that_hides_its_tls_gets_neither_password_nor_mail(trust: Trust) -> None:
    heard: list[bytes] = []

    async def strip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        while line := await reader.readline():
            heard.append(line)
            writer.write(b"250-localhost\r\n250 AUTH PLAIN LOGIN\r\n" if line.startswith(b"EHLO") else b"502 no\r\n")

    async with scripted(strip) as port:
        error = await failure(port, trust=trust)
    assert not [line for line in heard if line.startswith((b"AUTH", b"MAIL", b"DATA"))]
    assert "the server" in error.reason


@pytest.mark.parametrize("answer", [b"454 not now\r\n", b"250 sure\r\n", b"220 go\r\n250 injected\r\n", b"220 go\r\n"])
async def test_a_false_answer_to_starttls_ends_it(trust: Trust, answer: bytes) -> None:
    heard: list[bytes] = []

    async def lie(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        while line := await reader.readline():
            heard.append(line)
            if line.startswith(b"STARTTLS"):
                writer.write(answer)
                await reader.read(5)  # of what should be a handshake
                writer.write(b"250 plain words instead of one\r\n")
                await writer.drain()
                return
            writer.write(b"250-localhost\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")

    async with scripted(lie) as port:
        await failure(port, trust=trust)
    assert not [line for line in heard if line.startswith((b"AUTH", b"MAIL", b"DATA"))]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_cant_be_trusted_gets_nothing(
    trust: Trust, impostor: Trust, tls: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with post(impostor, tls) as server:
        for trusting in (trust, impostor, None):  # unknown, of another name, not of the system's
            error = await failure(server.port, tls, trusting)
            assert error.reason == "the server's certificate or its TLS can't be trusted"
        assert server.taken == []
    assert "certificate" in caplog.text


async def test_a_refused_password_is_told_apart_and_repeated_nowhere(trust: Trust, caplog: pytest.LogCaptureFixture) -> None:
    async with post(trust) as server:
        sender = mailer(server.port, "starttls", trust)
        wrong = type(sender)(dataclasses.replace(sender._settings, password="wrong one"), trust.client)
        with pytest.raises(MailFailed) as caught:
            await wrong.send(HELLO)
    assert caught.value.reason == "the server refused the user or the password (535)"
    assert caught.value.retry_after is None
    assert "wrong one" not in caplog.text + repr(sender._settings)
    assert HELLO.to not in caplog.text


@pytest.mark.parametrize(("refusal", "later"), [("552 too much for eve@x.example", None), ("451 try later", 60.0)])
async def test_a_refused_mail_says_by_its_number_whether_to_try_again(trust: Trust, refusal: str, later: float | None) -> None:
    async with post(trust) as server:
        server.refusal = refusal
        error = await failure(server.port, trust=trust)
    assert error.reason == f"the server refused the mail ({refusal[:3]})"
    assert error.retry_after == later


async def test_nobody_there_and_nobody_who_answers_are_typed(trust: Trust) -> None:
    async with post(trust) as server:
        port = server.port
    assert (await failure(port)).reason == "the server can't be reached"

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with scripted(silent) as port:
        error = await failure(port, seconds=0.2)
        assert (error.reason, error.retry_after) == ("the server took too long", 60.0)

    async def hangs_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        return

    async with scripted(hangs_up) as port:
        await failure(port)

    async def talks_on(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2000):
            writer.write(b"220-" + b"x" * 4000 + b"\r\n")
            await writer.drain()

    async with scripted(talks_on) as port:
        await failure(port, "none", seconds=1.0)


async def test_a_server_that_says_no_good_bye_has_taken_it_all_the_same(trust: Trust) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        data = False
        while line := await reader.readline():
            if line.startswith(b"QUIT"):
                return
            if data and line != b".\r\n":
                continue
            writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
            data = line.startswith(b"DATA")

    async with scripted(rude) as port:
        await mailer(port, "none", signed=False).send(HELLO)


async def test_mails_at_the_same_time_all_arrive_and_nothing_is_left(trust: Trust) -> None:
    async with post(trust) as server:
        sender = mailer(server.port, "starttls", trust)
        await asyncio.gather(*(sender.send(dataclasses.replace(HELLO, to=f"n{number}@x.example")) for number in range(20)))
        assert sorted(str(envelope.rcpt_tos[0]) for envelope in server.taken) == sorted(
            f"n{number}@x.example" for number in range(20)
        )
    await asyncio.sleep(0.05)
    assert len(asyncio.all_tasks()) == 1


def test_the_system_is_trusted_and_no_http_is_spoken() -> None:
    from prosa.drivers.mail.sending import trusted

    context = trusted()
    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50

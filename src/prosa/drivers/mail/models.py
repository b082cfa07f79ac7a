"""What the mail server is told, and what is mailed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server (SMTP_HOST and so on). `tls`: "starttls", "tls" from the first byte, or "none"."""

    host: str
    port: int = 587
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str = ""
    tls: str = "starttls"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address (`local@domain`, nothing around it); `text` is plain text, so nothing in it is markup."""

    to: str
    subject: str
    text: str = field(repr=False)

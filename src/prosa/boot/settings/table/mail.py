"""The mail server that carries what people ask for: links to reset a password or to confirm an address."""

from prosa.boot.settings.kinds import HOST, SENDER, TEXT, choice, whole
from prosa.boot.settings.rows import Row, Secret

TLS = {
    "starttls": "starttls",
    "true": "starttls",
    "tls": "tls",
    "ssl": "tls",
    "none": "none",
    "false": "none",
}
PORTS = {"starttls": 587, "tls": 465, "none": 25}

SMTP_HOST: Row[str | None] = Row(
    "SMTP_HOST", "mail.host", HOST, None, "The mail server. Unset: no mail is sent, and an administrator hands out reset links."
)
SMTP_PORT: Row[int | None] = Row(
    "SMTP_PORT", "mail.port", whole(1, 65535), None, "Its port. Unset: 587, with `SMTP_TLS=tls` 465, with `none` 25."
)
SMTP_USER: Row[str | None] = Row("SMTP_USER", "mail.user", TEXT, None, "Who signs in there.")
SMTP_PASSWORD: Row[str | None] = Row("SMTP_PASSWORD", "mail.password", TEXT, None, "With which password.", (), (), Secret.FOREIGN)
SMTP_FROM: Row[str | None] = Row(
    "SMTP_FROM", "mail.sender", SENDER, None, "The sender: `no-reply@site.example`. Unset: `SMTP_USER` if it is an address."
)
SMTP_TLS = Row(
    "SMTP_TLS",
    "mail.tls",
    choice(TLS),
    "starttls",
    "How the connection is secured: `starttls`, `tls` from its first byte, or `none` (a server of this machine).",
)

"""The words of the mails that go out, in both languages."""

from enum import StrEnum
from typing import Final, NamedTuple


class Letter(StrEnum):
    """The mails there are."""

    RESET = "reset"
    EMAIL = "email"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a mail's name
    REGISTERED = "registered"
    INVITE = "invite"
    WELCOME = "welcome"
    NEW_PASSWORD = "new_password"  # noqa: S105  # a mail's name


class Text(NamedTuple):
    """Subject and body; `{name}`, `{link}`, `{email}` are filled in."""

    subject: str
    body: str


TEXTS: Final[dict[tuple[Letter, str], Text]] = {
    (Letter.RESET, "pt-BR"): Text(
        "Nova senha",
        "Olá, {name}.\n\nPara escolher uma nova senha, abra este endereço. Ele vale uma vez, por uma hora:\n\n{link}\n\n"
        "Se não foi você que pediu, ignore esta mensagem: nada muda.\n",
    ),
    (Letter.RESET, "en"): Text(
        "New password",
        "Hello {name},\n\nto choose a new password, open this address. It works once, for one hour:\n\n{link}\n\n"
        "If you did not ask for it, ignore this message: nothing changes.\n",
    ),
    (Letter.EMAIL, "pt-BR"): Text(
        "Confirme seu e-mail",
        "Olá, {name}.\n\nPara que esta conta passe a usar {email}, abra este endereço. "
        "Ele vale uma vez, por um dia:\n\n{link}\n\n"
        "Se não foi você que pediu, ignore esta mensagem: nada muda.\n",
    ),
    (Letter.EMAIL, "en"): Text(
        "Confirm your e-mail address",
        "Hello {name},\n\nfor this account to use {email} from now on, open this address. "
        "It works once, for one day:\n\n{link}\n\n"
        "If you did not ask for it, ignore this message: nothing changes.\n",
    ),
    (Letter.EMAIL_CHANGED, "pt-BR"): Text(
        "O e-mail da sua conta mudou",
        "Olá, {name}.\n\nSua conta passou a usar {email}. Se não foi você, fale agora com quem administra este servidor.\n",
    ),
    (Letter.EMAIL_CHANGED, "en"): Text(
        "Your account's e-mail address was changed",
        "Hello {name},\n\nyour account uses {email} from now on. If that was not you, tell who runs this server at once.\n",
    ),
    (Letter.PASSWORD_CHANGED, "pt-BR"): Text(
        "Sua senha mudou",
        "Olá, {name}.\n\nA senha da sua conta foi trocada e as outras sessões terminaram. "
        "Se não foi você, fale agora com quem administra este servidor.\n",
    ),
    (Letter.PASSWORD_CHANGED, "en"): Text(
        "Your password was changed",
        "Hello {name},\n\nyour account's password was changed and its other sessions have ended. "
        "If that was not you, tell who runs this server at once.\n",
    ),
    (Letter.REGISTERED, "pt-BR"): Text(
        "Você já tem uma conta",
        "Olá, {name}.\n\nAlguém quis criar uma conta com este e-mail, mas você já tem uma. Entre com a sua senha, "
        "ou peça uma nova na página de entrada. Se não foi você, ignore esta mensagem.\n",
    ),
    (Letter.REGISTERED, "en"): Text(
        "You have an account already",
        "Hello {name},\n\nsomebody wanted to make an account with this address, but you have one. Sign in with your password, "
        "or ask for a new one on the sign-in page. If that was not you, ignore this message.\n",
    ),
    (Letter.INVITE, "pt-BR"): Text(
        "Convite",
        "Olá.\n\nQuem administra {place} convida você a criar uma conta. Para isso, abra este endereço. "
        "Ele vale para uma conta, até {until}:\n\n{link}\n",
    ),
    (Letter.INVITE, "en"): Text(
        "Invitation",
        "Hello,\n\nwho runs {place} invites you to make an account. To do so, open this address. "
        "It is good for one account, until {until}:\n\n{link}\n",
    ),
    (Letter.WELCOME, "pt-BR"): Text(
        "Sua conta",
        "Olá, {name}.\n\nUma conta foi criada para você em {place}. Para escolher sua senha, abra este endereço. "
        "Ele vale uma vez, por um dia:\n\n{link}\n\nDepois, entre com {email}.\n",
    ),
    (Letter.WELCOME, "en"): Text(
        "Your account",
        "Hello {name},\n\nan account was made for you at {place}. To choose your password, open this address. "
        "It works once, for one day:\n\n{link}\n\nThen sign in with {email}.\n",
    ),
    (Letter.NEW_PASSWORD, "pt-BR"): Text(
        "Nova senha",
        "Olá, {name}.\n\nQuem administra {place} enviou este endereço para que você escolha uma nova senha. "
        "Ele vale uma vez, por um dia:\n\n{link}\n",
    ),
    (Letter.NEW_PASSWORD, "en"): Text(
        "New password",
        "Hello {name},\n\nwho runs {place} sent this address for you to choose a new password. "
        "It works once, for one day:\n\n{link}\n",
    ),
}


def written(letter: Letter, language: str | None, facts: dict[str, str]) -> Text:
    """The mail in this language, or in both where the account has none. Names can't write lines of their own into it."""
    flat = {key: " ".join(value.split()) for key, value in facts.items()}
    found = [TEXTS[letter, each] for each in ((language,) if language else ("pt-BR", "en"))]
    bodies = [text.body.format_map(flat) for text in found]
    return Text(" / ".join(text.subject for text in found), "\n———\n\n".join(bodies))

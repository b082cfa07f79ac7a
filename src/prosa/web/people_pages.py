"""The pages around an account: register, sign in, the account itself, a new password, a proven address.

Small forms, so that people can begin before the web app exists. A page is the same for everybody: what its link carries is read
by the page's own script and never by this server, and no page says a word of anybody.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from html import escape
from string import Template
from typing import Final

from prosa.api.edge import Exchange, Handler, Header, Open, Route
from prosa.web.files import page
from prosa.web.language import Language, preferred
from prosa.web.people_texts import PeopleTexts, people_texts

_HTML: Final = b"text/html; charset=utf-8"
_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    b"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_HEADERS: Final[tuple[Header, ...]] = (
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"no-referrer"),  # the link that led here may hold a code
    (b"x-frame-options", b"DENY"),
    (b"vary", b"Accept-Language"),
)
_ACCESS: Final = Open("a form: whoever sends it is judged by the API")


@dataclass(frozen=True, slots=True)
class _Page:
    template: str
    script: str
    title: Callable[[PeopleTexts], str]


_PAGES: Final = {
    "/register": _Page("register.html", "register.js", lambda words: words.register),
    "/sign-in": _Page("sign_in.html", "sign-in.js", lambda words: words.sign_in),
    "/account": _Page("account.html", "account.js", lambda words: words.account),
    "/reset": _Page("reset.html", "reset.js", lambda words: words.reset_title),
    "/confirm-email": _Page("confirm_email.html", "confirm-email.js", lambda words: words.email_title),
}
_TOLD: Final = frozenset({"errors", "show", "hide", "copied", "revoke", "end_session", "this_session", "no_token"})


def people_routes(model: Callable[[], str | None]) -> dict[tuple[str, str], Route]:
    """The pages, for the edge. `model` names the default chat model, for an example."""
    pages = {("GET", path): Route(_serving(found, model), _ACCESS) for path, found in _PAGES.items()}
    # Clients of the older systems send a browser whose session has ended to this address.
    return pages | {("GET", "/login"): Route(_to_sign_in, _ACCESS)}


async def _to_sign_in(exchange: Exchange) -> None:
    await exchange.redirect(b"/sign-in", 303)


def _serving(found: _Page, model: Callable[[], str | None]) -> Handler:
    async def serve(exchange: Exchange) -> None:
        language = preferred(exchange.header(b"accept-language"))
        await exchange.respond(200, _rendered(found, language, model() or ""), _HTML, _HEADERS)

    return serve


def _rendered(found: _Page, language: Language, model: str) -> bytes:
    words = people_texts(language)
    shown = {name: escape(text) for name, text in asdict(words).items() if isinstance(text, str)}
    shown["key_box"] = Template(page("key_box.html")).substitute(shown)
    shown["content"] = Template(page(found.template)).substitute(shown)
    shown["title"] = escape(found.title(words))
    shown["script"] = found.script
    shown["model"] = escape(model)
    shown["words"] = escape(json.dumps(_for_scripts(words), ensure_ascii=False))
    return Template(page("people.html")).substitute(shown).encode()


def _for_scripts(words: PeopleTexts) -> dict[str, object]:
    """What the scripts tell."""
    return {name: text for name, text in asdict(words).items() if name.startswith("say_") or name in _TOLD}

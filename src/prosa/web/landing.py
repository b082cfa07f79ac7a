"""`GET /`: one small document for a program, and for a browser where the app isn't built; and the page for what isn't there."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from string import Template

import msgspec

from prosa.api.edge import Exchange, Header
from prosa.kit.errors import ProsaError
from prosa.web.files import page
from prosa.web.language import preferred
from prosa.web.texts import texts

HTML = b"text/html; charset=utf-8"
_POLICY = b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
_HEADERS: tuple[Header, ...] = ((b"content-security-policy", _POLICY), (b"vary", b"Accept, Accept-Language"))

_CURL = """\
curl $base/v1/chat/completions \\
  -H "Content-Type: application/json" \\$key
  -d '{"model": "$model", "messages": [{"role": "user", "content": "Olá!"}]}'"""
_CURL_KEY = '\n  -H "Authorization: Bearer $PROSA_KEY" \\'
_SDK = """\
$imports

client = OpenAI(base_url="$base/v1", api_key=$key)
answer = client.chat.completions.create(
    model="$model",
    messages=[{"role": "user", "content": "Olá!"}],
)
print(answer.choices[0].message.content)"""


@dataclass(frozen=True, slots=True)
class Landing:
    """The root: `version` is prosa's own, `contract` the one that old clients read, `model` names the default chat model.

    `accounts_exist`: programs need a key from now on.
    """

    version: str
    contract: str
    model: Callable[[], str | None]
    accounts_exist: Callable[[], Awaitable[bool]]

    async def root(self, exchange: Exchange) -> None:
        """Answer `GET /` (B44, C16, S24)."""
        if exchange.wants_page:
            await exchange.respond(200, await self._page(exchange), HTML, _HEADERS)
        else:
            await exchange.respond(200, self._document(), headers=((b"vary", b"Accept"),))

    async def unbuilt(self, exchange: Exchange) -> None:
        """Answer a browser at one of the app's addresses where the app isn't built: it says so, and how to build it."""
        await exchange.respond(503, await self._page(exchange), HTML, _HEADERS)

    async def missing(self, exchange: Exchange) -> None:
        """Answer a browser that asked for a page which isn't there."""
        words = texts(preferred(exchange.header(b"accept-language")))
        await exchange.respond(404, _template("missing.html").substitute(asdict(words)).encode(), HTML, _HEADERS)

    def _document(self) -> bytes:
        return msgspec.json.encode(
            {
                "name": "prosa",
                "message": "prosa: one server between people and language models",
                "service": "prosa",
                "status": "healthy",
                "version": self.contract,
                "docs": "/docs",
                "health": "/health",
            }
        )

    async def _page(self, exchange: Exchange) -> bytes:
        words = texts(preferred(exchange.header(b"accept-language")))
        model = self.model()
        base, locked = _base(exchange), exchange.parts.authenticator.has_keys or await _told(self.accounts_exist)
        shown = {
            **asdict(words),
            "version": escape(self.version),
            "model": escape(model) if model else words.no_model,
            "hint": words.hint_key if locked else words.hint,
            "curl": escape(_filled(_CURL, base=base, model=model or "mock", key=_CURL_KEY if locked else "")),
            "sdk": escape(_sdk(base, model or "mock", locked)),
        }
        return _template("landing.html").substitute(shown).encode()


async def _told(question: Callable[[], Awaitable[bool]]) -> bool:
    """The answer; no, where nobody can tell now: the start page is shown without a database too."""
    try:
        return await question()
    except ProsaError:
        return False


def _sdk(base: str, model: str, locked: bool) -> str:
    imports = "import os\n\nfrom openai import OpenAI" if locked else "from openai import OpenAI"
    return _filled(_SDK, imports=imports, base=base, model=model, key='os.environ["PROSA_KEY"]' if locked else '"none"')


def _filled(template: str, **values: str) -> str:
    return Template(template).substitute(values)


def _base(exchange: Exchange) -> str:
    """The address under which the browser came: the configured one, else what its Host says (of safe characters only by now)."""
    public = exchange.parts.authenticator.settings.public_url
    if public:
        return public.rstrip("/")
    host = exchange.header(b"host") or b"127.0.0.1"
    return f"{exchange.scope['scheme']}://{host.decode()}"


@cache
def _template(name: str) -> Template:
    return Template(page(name))

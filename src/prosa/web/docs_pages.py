"""`/docs` and `/redoc`: the API's pages, their scripts from a pinned wheel, each with a policy as narrow as it works with.

Neither has an inline script. Both libraries write styles into the page, which can't run anything.
"""

from string import Template

from prosa.api.edge import OPEN, Exchange, Handler, Header, Route
from prosa.web.files import page

_HTML = b"text/html; charset=utf-8"
_SHARED = b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
_DOCS_POLICY = _SHARED + b"img-src 'self' data:; form-action 'none'; frame-ancestors 'self'"
_REDOC_POLICY = _SHARED + b"img-src 'self' data:; worker-src blob:; form-action 'none'; frame-ancestors 'self'"


def docs_routes(title: str) -> dict[tuple[str, str], Route]:
    """The two pages. `title` is shown until the document has told its own."""
    return {
        ("GET", "/docs"): Route(_serving("docs.html", title, _DOCS_POLICY), OPEN),
        ("GET", "/redoc"): Route(_serving("redoc.html", title, _REDOC_POLICY), OPEN),
    }


def _serving(name: str, title: str, policy: bytes) -> Handler:
    headers: tuple[Header, ...] = ((b"content-security-policy", policy),)

    async def serve(exchange: Exchange) -> None:
        body = Template(page(name)).substitute(title=title).encode()
        await exchange.respond(200, body, _HTML, headers)

    return serve

"""What a browser sees: the start page, the API's pages, their files. Plain routes for the edge; no framework.

`boot` merges `web_routes(parts)` into the front's routes and hands it `parts.landing.missing` as its `missing_page`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from prosa.api.edge import OPEN, Exchange, Handler, Route
from prosa.api.health import CONTRACT_VERSION
from prosa.web.app import BUILT, App
from prosa.web.docs_pages import docs_routes
from prosa.web.files import asset_routes
from prosa.web.landing import Landing
from prosa.web.share_page import share_page
from prosa.web.site import SiteFolder


async def nobody_asked() -> bool:
    """Where nothing is known of people: there is nothing to tell of them."""
    return False


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the pages tell: prosa's version, the default chat model's name, the API document's title; and where the app lies.

    `accounts_exist` tells whether anybody is here at all; it may raise ProsaError, and the start page is shown all the same.
    """

    version: str
    model: Callable[[], str | None]
    title: str = "prosa API"
    accounts_exist: Callable[[], Awaitable[bool]] = nobody_asked
    app: Path = BUILT

    @property
    def landing(self) -> Landing:
        """The start page, and the page for what isn't there."""
        return Landing(self.version, CONTRACT_VERSION, self.model, self.accounts_exist)


def web_routes(parts: WebParts) -> dict[tuple[str, str], Route]:
    """`/`, the app's addresses, `/docs`, `/redoc`, and `/assets/…`, for the edge."""
    landing = parts.landing
    app = App(parts.app, landing.unbuilt)
    start = {("GET", "/"): Route(_starting(app, landing), OPEN)}
    return start | app.routes() | docs_routes(parts.title) | dict(asset_routes())


def _starting(app: App, landing: Landing) -> Handler:
    """`/`: the app for a browser where it is built, for all others what the landing says."""

    async def serve(exchange: Exchange) -> None:
        if exchange.wants_page and app.built:
            await app.show(exchange, "/", ((b"vary", b"Accept"),))
        else:
            await landing.root(exchange)

    return serve


__all__ = ["BUILT", "Landing", "SiteFolder", "WebParts", "share_page", "web_routes"]

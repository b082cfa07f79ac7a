"""What a browser sees: the start page, the API's pages, their files. Plain routes for the edge; no framework.

`boot` merges `web_routes(parts)` into the front's routes and hands it `parts.landing.missing` as its `missing_page`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prosa.api.edge import OPEN, Route
from prosa.api.health import CONTRACT_VERSION
from prosa.web.assets import asset_routes
from prosa.web.docs_pages import docs_routes
from prosa.web.landing import Landing
from prosa.web.people_pages import people_routes
from prosa.web.share_page import share_page
from prosa.web.site import SiteFolder


async def nobody_asked() -> bool:
    """Where nothing is known of people: there is nothing to tell of them."""
    return False


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the pages tell: prosa's version, the default chat model's name, the API document's title.

    `set_up_needed` tells whether there is no admin yet, `accounts_exist` whether anybody is here at all; both may raise
    ProsaError, and the start page is shown all the same.
    """

    version: str
    model: Callable[[], str | None]
    title: str = "prosa API"
    set_up_needed: Callable[[], Awaitable[bool]] = nobody_asked
    accounts_exist: Callable[[], Awaitable[bool]] = nobody_asked

    @property
    def landing(self) -> Landing:
        """The start page, and the page for what isn't there."""
        return Landing(self.version, CONTRACT_VERSION, self.model, self.set_up_needed, self.accounts_exist)


def web_routes(parts: WebParts) -> dict[tuple[str, str], Route]:
    """`/`, `/docs`, `/redoc`, the pages around an account, and `/assets/…`, for the edge."""
    start = {("GET", "/"): Route(parts.landing.root, OPEN)}
    return start | docs_routes(parts.title) | people_routes(parts.model) | dict(asset_routes())


__all__ = ["Landing", "SiteFolder", "WebParts", "share_page", "web_routes"]

"""What a browser sees: the start page, the API's pages, their files. Plain routes for the edge; no framework.

`boot` merges `web_routes(parts)` into the front's routes and hands it `parts.landing.missing` as its `missing_page`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from prosa.api.edge import Route
from prosa.api.health import CONTRACT_VERSION
from prosa.web.assets import asset_routes
from prosa.web.docs_pages import docs_routes
from prosa.web.landing import Landing


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the pages tell: prosa's version, the default chat model's name, the API document's title."""

    version: str
    model: Callable[[], str | None]
    title: str = "prosa API"

    @property
    def landing(self) -> Landing:
        """The start page, and the page for what isn't there."""
        return Landing(self.version, CONTRACT_VERSION, self.model)


def web_routes(parts: WebParts) -> dict[tuple[str, str], Route]:
    """`/`, `/docs`, `/redoc` and `/assets/…`, for the edge."""
    return {("GET", "/"): Route(parts.landing.root), **docs_routes(parts.title), **dict(asset_routes())}


__all__ = ["Landing", "WebParts", "web_routes"]

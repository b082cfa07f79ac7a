"""The second listener: a folder of pages, with M's routes beside them, as a site of its own.

It is another origin than the app's. None of the app's routes are there, and M's take no session of a browser, so that what runs
in those pages has nothing of it.
"""

import socket
from dataclasses import dataclass, replace
from pathlib import Path

from prosa.api.edge import ASGIApp, Dialects, EdgeParts, Exchange, Front, Receive, Scope, Send
from prosa.api.legacy import multiuser
from prosa.boot.listening import bound
from prosa.boot.settings import Settings
from prosa.kit.errors import NotFound
from prosa.web import SiteFolder


def bind_site(settings: Settings) -> tuple[socket.socket, ...]:
    """The listening socket of the folder of pages, where there is one. Raises StartRefused."""
    if settings.site.folder is None:
        return ()
    return (bound(settings.server.host, settings.site.port, "PROSA_SITE_PORT"),)


@dataclass(frozen=True, slots=True)
class Ports:
    """Two applications in one process; which one is asked the port tells, at which the connection came in."""

    main: ASGIApp
    port: int
    site: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        server = scope.get("server")
        if server is not None and server[1] == self.port:
            await self.site(scope, receive, send)
        else:
            await self.main(scope, receive, send)


def site_front(folder: Path, policy: str | None, application: ASGIApp, edge: EdgeParts) -> Front:
    """What answers at the site's port: M's routes by `application`, the files, and nothing else."""
    words = multiuser.MultiuserDialect()
    dialects = Dialects(dict.fromkeys(multiuser.PATHS, words), dict.fromkeys(multiuser.BEGINNINGS, words))
    return Front({}, Site(SiteFolder(folder, policy), application), replace(edge, dialects=dialects))


@dataclass(frozen=True, slots=True)
class Site:
    """The site behind its edge."""

    folder: SiteFolder
    application: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises NotFound for what is neither M's nor a file."""
        exchange: Exchange = scope["prosa.exchange"]
        if multiuser.takes(exchange.method, exchange.path):
            await self.application(scope, receive, send)
        elif exchange.method == "GET":
            await self.folder.serve(exchange)
        else:
            raise NotFound("Not Found")

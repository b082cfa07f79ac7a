"""What a route asks of its caller: declared beside the route, checked in one place before its handler runs."""

from dataclasses import dataclass

from prosa.identity import Door, Permission


@dataclass(frozen=True, slots=True)
class Access:
    """A door and the permission that passes it. `hidden`: the route names one thing by its id, so that who may never see such
    things is told that it isn't there. `narrow`: the cookie of M's page is good enough."""

    permission: Permission
    door: Door = Door.APP
    hidden: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """For everybody: no caller is looked for. `why` is for who reads the route."""

    why: str


OPEN = Open("shown to everybody: it tells nothing of anybody")

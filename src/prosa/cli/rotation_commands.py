"""`prosa keys rotate`: from an older secret of the server to the newest."""

from cyclopts import App

from prosa.cli.frame import KEEP, examples
from prosa.cli.port import BootPort
from prosa.cli.terminal import complain, say
from prosa.drivers.vault import Rotation
from prosa.kit.errors import ProsaError


def rotation(app: App, port: BootPort) -> None:
    """Put `prosa keys` into the program."""
    group = App(
        name="keys",
        help="Look after the keys that derive from the server's secret (API keys: prosa key).",
        help_epilogue=examples("keys rotate"),
        group=KEEP,
    )
    app.command(group)

    @group.command(help_epilogue=examples("keys rotate"))
    def rotate() -> int:
        """Seal anew what an older secret of PROSA_SECRET has sealed. The server may run meanwhile.

        Before: put the new secret in front of the old one (PROSA_SECRET=new,old), and restart every server.
        """
        try:
            found = port.rotate()
        except ProsaError as error:
            complain(error.message)
            return 1
        return _told(found)


def _told(found: Rotation) -> int:
    """What was done, and whether the older secrets can go; 1 when something stays unreadable."""
    for column, resealed in found.sealed:
        name = f"{column.table}.{column.column}"
        say(f"{name}: {resealed.done} sealed anew")
        for place in resealed.unreadable:
            say(f"  {place.row}: can't be opened with any of the secrets")
        for place in resealed.clashing:
            say(f"  {place.row}: its value belongs to another row too; change one of them")
        if resealed.busy:
            say(f"  {resealed.busy} changed while they were sealed; run this again")
    if found.peppered:
        say(f"API keys: {found.peppered} still recognised by an older secret; each goes over at its next use")
    if found.finished:
        say("nothing stored needs an older secret any more: remove it from PROSA_SECRET, and restart.")
        say("Then who signed in before the newest secret came, and hasn't come back since, signs in again.")
        return 0
    say("keep the older secrets for now, and run this again later")
    return int(not all(resealed.finished for _, resealed in found.sealed))

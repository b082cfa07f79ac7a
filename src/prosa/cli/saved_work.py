"""`prosa import openai-assistants`: what people saved of OpenAI's Assistants API moves in."""

from dataclasses import dataclass, replace
from pathlib import Path

from prosa.answers import SavedGround, SavedImport, SavedReport
from prosa.cli import installing
from prosa.cli.assistant_work import embedding_model
from prosa.cli.frame import with_workshop
from prosa.cli.people_work import named
from prosa.cli.port import BootPort, Configuration, Workshop
from prosa.cli.terminal import complain, say, table
from prosa.conversations import Tally
from prosa.identity import OPERATOR, AccountQuery, AccountStatus, Role
from prosa.kit.errors import ProsaError

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Moving:
    """What the command was told. `owner`: an e-mail address; `key`: the name of a key of the settings."""

    folder: Path
    owner: str | None = None
    key: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose everything becomes, and how that is told."""

    space: str
    account_id: str | None
    told: str


def begin(port: BootPort, wish: Moving) -> int:
    """Import, or only look; 1 when it can't be."""
    if not wish.folder.is_dir():
        complain(f"{wish.folder}: there is no such folder")
        return 1
    try:
        aside = wish.dry_run and installing.is_new(port)
        configuration = port.configuration(stored=True)
    except ProsaError as error:
        complain(error.message)
        return 1
    if wish.key is not None and wish.key not in configuration.owners:
        complain(f"--key {wish.key!r}: the settings have no key of this name; `prosa config` shows them")
        return 1
    return with_workshop(port, lambda shop: _work(shop, wish, configuration), aside=aside)


async def _work(shop: Workshop, wish: Moving, configuration: Configuration) -> int:
    owner = await _owner(shop, wish, configuration)
    if owner is None:
        complain("say whose everything becomes: --owner E-MAIL, or --key NAME")
        return 1
    on = replace(shop.assistants, model=await embedding_model(configuration.gateway))
    ground = SavedGround(on, shop.files, owner.space, owner.account_id, tell=_note, dry_run=wish.dry_run)
    say(_told(await SavedImport(ground).take(wish.folder), owner.told))
    return 0


async def _owner(shop: Workshop, wish: Moving, configuration: Configuration) -> _Owner | None:
    """Who was named; else the first administrator; and where nobody has an account, the one key there is, or who calls from this
    machine without one."""
    identity = shop.identity
    if wish.key is not None:
        return _Owner(wish.key, None, wish.key)
    if wish.owner is not None:
        account = await named(identity, wish.owner)
        return _Owner(account.space, account.id, account.email)
    query = AccountQuery(limit=1, role=Role.ADMIN, status=AccountStatus.ACTIVE)
    first = next(iter((await identity.accounts.list(OPERATOR, query)).items), None)
    if first is not None:
        return _Owner(first.space, first.id, first.email)
    if await identity.rights.accounts_exist() or len(configuration.owners) > 1:
        return None
    space = next(iter(configuration.owners), LOCAL)
    return _Owner(space, None, space)


def _note(text: str) -> None:
    say(f"  note: {text}")


def _told(report: SavedReport, owner: str) -> str:
    would = "would be added" if report.dry_run else "added"
    kinds = (
        ("assistants", report.assistants),
        ("threads", report.threads),
        ("messages", report.messages),
        ("runs", report.runs),
        ("calls of tools in runs", report.steps),
        ("files", report.files),
        ("vector stores", report.stores),
    )
    rows = [row for name, tally in kinds for row in _rows(name, tally, would)]
    rows += [
        (report.read.added, f"files in vector stores, which the server {'would read' if report.dry_run else 'reads'} anew"),
        (report.read.present, "files were in their vector stores already"),
        (report.read.refused, "files of vector stores aren't here, and are left out of them"),
        (report.repeated, "records have an id that another one had already"),
        (report.unreadable, "records can't be read and were left out"),
    ]
    title = f"a dry run for {owner}: nothing was written" if report.dry_run else f"done, for {owner}"
    return "\n".join((title, table([(str(count), text) for count, text in rows if count])))


def _rows(name: str, tally: Tally, would: str) -> list[tuple[int, str]]:
    return [
        (tally.added, f"{name} {would}"),
        (tally.present, f"{name} were here already, and stay as they are"),
        (tally.refused, f"{name} can't come and are left out"),
    ]

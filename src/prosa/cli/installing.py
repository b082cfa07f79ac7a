"""`prosa import chatai|multiuser`: a whole installation moves in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from prosa.cli.frame import with_workshop
from prosa.cli.port import BootPort, Workshop
from prosa.cli.terminal import complain, say, table
from prosa.conversations import InstallationImport, InstallationReport
from prosa.drivers.sql import needs_migration
from prosa.identity import Arrival, Arrivals
from prosa.kit.errors import ProsaError
from prosa.privacy import list_of

_PEOPLE: Final = {
    Arrival.ADDED: ("would be added", "added"),
    Arrival.PRESENT: ("are here already", "were here already"),
    Arrival.JOINED: ("would go on as the account here that has their e-mail address",) * 2,
    Arrival.CONFLICT: ("conflict with somebody here and are left out, with all that is theirs",) * 2,
    Arrival.ERASED: ("were deleted here and stay so",) * 2,
    Arrival.REFUSED: ("can't be an account here and are left out",) * 2,
}


@dataclass(frozen=True, slots=True)
class Moving:
    """What `prosa import chatai` and `multiuser` were told."""

    files: Sequence[Path]
    how: Arrivals


def begin(port: BootPort, system: str, wish: Moving) -> int:
    """Import, or only look; 1 when it can't be."""
    missing = next((file for file in wish.files if not file.is_file()), None)
    if missing is not None:
        complain(f"{missing}: there is no such file")
        return 1
    try:
        aside = wish.how.dry_run and is_new(port)
        storage = port.storage()
        erased = list_of(storage.data_dir, storage.erasure_copy).read().ids
    except ProsaError as error:
        complain(error.message)
        return 1
    wish = replace(wish, how=replace(wish.how, erased=erased))
    return with_workshop(port, lambda shop: _work(shop, system, wish), aside=aside)


def is_new(port: BootPort) -> bool:
    """Whether nothing is there yet: then a look is taken elsewhere, for it must not make or change a database."""
    return needs_migration(port.configuration().database)


async def _work(shop: Workshop, system: str, wish: Moving) -> int:
    moving = InstallationImport(shop.ground, wish.how)
    report = await (moving.chatai(wish.files) if system == "chatai" else moving.multiuser(wish.files[0]))
    say(_told(report))
    return 0


def people_told(people: Mapping[Arrival, int], *, would: bool) -> str:
    """What became of how many; `would`: in a dry run."""
    return table([(str(count), f"people {_PEOPLE[arrival][not would]}") for arrival, count in people.items() if count])


def _told(report: InstallationReport) -> str:
    talks = report.conversations
    would = talks.dry_run
    lines = [
        "a dry run: nothing was written" if would else "done",
        people_told(report.people, would=would),
        table(
            [
                (str(count), text)
                for count, text in (
                    (talks.talks, "conversations in the files"),
                    (talks.talks_added, "conversations would be added" if would else "conversations added"),
                    (talks.talks_in_trash, "of them were deleted: they are in the trash, and its time begins today"),
                    (talks.talks_present, "conversations were here already"),
                    (talks.talks_left_out, "conversations are left out with their owners"),
                    (talks.words, "messages"),
                    (talks.words_added, "messages would be added" if would else "messages added"),
                    (talks.words_present, "messages were here already"),
                    (talks.words_hidden, "messages were deleted one by one: kept, and shown to nobody"),
                    (talks.words_empty, "messages are empty: kept, and shown to nobody"),
                    (talks.orphans, "messages are of no talk of their own: kept for nobody"),
                    (talks.words_left_out, "messages are left out with their owners"),
                    (talks.collisions, "ids belong to something else here: left out"),
                    (report.repeated, "records have an id that another one had already"),
                    (report.unreadable, "records can't be read and were left out"),
                )
                if count
            ]
        ),
        *(f"  note: {line}" for line in (*report.changed, *talks.remarks, *report.reasons)),
    ]
    return "\n".join(line for line in lines if line)

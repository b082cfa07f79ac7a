"""What is handed to a caller to be brought back unread: bound to the caller's space, so that nobody else's is taken."""

from typing import Final

from prosa.answers.errors import CompactionUnreadable
from prosa.drivers.vault import Keyring, Place, UnknownSecret, Unsealable

_TABLE: Final = "responses"


class Sealer:
    """Seals the summary of a compacted conversation (`encrypted_content`), and what a run keeps of credentials."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(self, space: str, text: str) -> str:
        """The text as only this server can read it."""
        return self._keyring.seal(text, _place(space))

    def open(self, space: str, sealed: str) -> str:
        """What was sealed for this space. Raises CompactionUnreadable."""
        try:
            return self._keyring.open(sealed, _place(space))
        except (Unsealable, UnknownSecret, ValueError) as error:
            raise CompactionUnreadable from error

    def keep(self, run_id: str, text: str) -> str:
        """What a run has to know of its request, and nobody may see."""
        return self._keyring.seal(text, _of_run(run_id))

    def kept(self, run_id: str, sealed: str) -> str | None:
        """The same again; None where the secret that sealed it is gone."""
        try:
            return self._keyring.open(sealed, _of_run(run_id))
        except (Unsealable, UnknownSecret, ValueError):
            return None


def _of_run(run_id: str) -> Place:
    return Place("runs", "request", run_id)


def _place(space: str) -> Place:
    return Place(_TABLE, "compaction", space)

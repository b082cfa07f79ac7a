"""When and from where a credential was last used: noted at most once a minute, behind the request, and never waited for."""

from typing import Final

from prosa.drivers.journal import Journal
from prosa.drivers.vault import Keyring
from prosa.identity.api_keys.brought import BroughtText
from prosa.identity.api_keys.text import KeyText
from prosa.identity.last_use_store import KEY_PEPPERED, KEY_SHOWN, KEY_USED, SESSION_PEPPERED, SESSION_USED
from prosa.identity.models import CallerKind
from prosa.identity.sessions.text import session_digest
from prosa.identity.standing import Standing
from prosa.kit import moments
from prosa.kit.clock import Clock

EVERY: Final = 60.0  # seconds
_STATEMENTS: Final = {CallerKind.SESSION: SESSION_USED, CallerKind.KEY: KEY_USED}


class LastUse:
    """Notes uses of sessions and keys, and brings their digests to the newest secret. What is lost is noted at the next use."""

    def __init__(self, journal: Journal, keyring: Keyring, clock: Clock) -> None:
        self._journal = journal
        self._keyring = keyring
        self._clock = clock

    def note(self, standing: Standing, address: str) -> None:
        """The credential was used from this address just now."""
        now = self._clock.monotonic()
        if now - standing.noted_at < EVERY:
            return
        statement = _STATEMENTS.get(standing.caller.kind)
        if statement is not None:
            moment = moments.stored(self._clock.now())
            before = moment - moments.stored(EVERY)
            if not self._journal.append_soon(statement, (moment, address, standing.caller.credential_id, before)):
                return
        standing.noted_at = now

    def upgrade_key(self, key_id: str, text: str) -> None:
        """A key whose text was found good under an older secret."""
        key = KeyText.parse(text) or BroughtText.parse(text)
        if key is not None:
            self._journal.append_soon(KEY_PEPPERED, (key.digest(self._keyring), self._keyring.kid, key_id))

    def show_key(self, key_id: str, key: BroughtText) -> None:
        """A key of another installation that was found good by its SHA-256: from now on it is as any other."""
        row = (key.lookup, key.digest(self._keyring), self._keyring.kid, key_id, key.first.lookup)
        self._journal.append_soon(KEY_SHOWN, row)

    def upgrade_session(self, session_id: str, token: str, old_digest: str) -> None:
        """A session whose token was found good by the digest of an older secret."""
        self._journal.append_soon(SESSION_PEPPERED, (session_digest(self._keyring, token), session_id, old_digest))

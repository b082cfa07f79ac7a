"""Notes about credentials that are made past the request that used them; nobody waits for them.

Each names one row by the id that the request's own credential led to, so that no reach comes first.
"""

from typing import Final

from prosa.drivers.journal import Statement

# Parameters: the moment, the address, the id, the latest moment that the last note may have. Several processes note the
# same use, each once a minute; the bound keeps all but one of them from writing.
SESSION_USED: Final = Statement("UPDATE sessions SET last_used_at = $1, address = $2 WHERE id = $3 AND last_used_at <= $4")
KEY_USED: Final = Statement(
    "UPDATE api_keys SET last_used_at = $1, last_used_address = $2 WHERE id = $3 AND (last_used_at IS NULL OR last_used_at <= $4)"
)
# The digest under the newest secret, where an older one's was found good.
KEY_PEPPERED: Final = Statement("UPDATE api_keys SET digest = $1, pepper = $2 WHERE id = $3")
# The same of a key that came with its SHA-256 alone, now that its text is known.
KEY_SHOWN: Final = Statement("UPDATE api_keys SET lookup = $1, digest = $2, pepper = $3 WHERE id = $4 AND lookup = $5")
SESSION_PEPPERED: Final = Statement("UPDATE sessions SET digest = $1 WHERE id = $2 AND digest = $3")

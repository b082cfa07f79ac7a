"""What can go wrong with kept content."""

import errno
from typing import Final

from prosa.kit.errors import ProsaError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LATER: Final = 30.0  # seconds


class StorageFull(ProsaError):
    """There is no room for more; nothing of what was sent is kept."""

    code = "storage_full"
    status = 507

    def __init__(self) -> None:
        super().__init__("The server has no room left for files; nothing was stored.")


class StorageUnavailable(ProsaError):
    """Content can't be read or written now. `reason` is for the operator's log and never leaves the server."""

    code = "storage_unavailable"
    status = 503

    def __init__(self, reason: str = "") -> None:
        super().__init__("The storage for files is not available.", retry_after=_LATER)
        self.reason = reason


class BlobMissing(ProsaError):
    """Content that should be there is not, or is not what was put there."""

    code = "file_damaged"
    status = 500

    def __init__(self) -> None:
        super().__init__("The content of this file is missing or damaged on the server.")


def of_system(error: OSError) -> ProsaError:
    """What a failed call of the system means to a caller."""
    if error.errno in _FULL:
        return StorageFull()
    return StorageUnavailable(errno.errorcode.get(error.errno or 0, type(error).__name__))

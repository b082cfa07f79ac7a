"""What has to be done for files by and by: their time runs out, deleted content goes, what never became a file is removed."""

import logging
from typing import Final

from prosa.files.service import FileService

_logger: Final = logging.getLogger("prosa.files")


class FileKeeper:
    """Done as jobs; several processes that do the same do no harm."""

    def __init__(self, files: FileService) -> None:
        self._files = files

    async def due(self) -> bool:
        """Whether there is something for `look`. Raises DatabaseUnavailable."""
        return await self._files.due()

    async def look(self) -> bool:
        """Once all of it that is due; nothing is left then."""
        await self._files.expire()
        await self._files.clear()
        return False

    async def sweep(self) -> bool:
        """Once look for lost content."""
        lost = await self._files.sweep()
        if lost:
            _logger.info("removed the content of %d uploads that never became files", lost)
        return False

"""What calls that are under way carry of files: bounded for each owner and in all, since each byte is held several times over."""

from prosa.files.errors import TooManyFileInputs
from prosa.files.settings import FileSettings


class Carried:
    """The bytes of files that one call holds; given back when nobody holds this any more."""

    __slots__ = ("_bytes", "_carrying", "space")

    def __init__(self, carrying: "Carrying", space: str) -> None:
        self._carrying = carrying
        self.space = space
        self._bytes = 0

    def add(self, size: int) -> None:
        """Carry so many more. Raises TooManyFileInputs."""
        self._carrying.take(self.space, size)
        self._bytes += size

    def __del__(self) -> None:
        if self._bytes:
            self._carrying.give_back(self.space, self._bytes)


class Carrying:
    """All of it in one process."""

    def __init__(self, settings: FileSettings) -> None:
        self._most = settings.carried_bytes
        self._most_each = settings.space_carried_bytes
        self._spaces: dict[str, int] = {}
        self.total = 0

    def take(self, space: str, size: int) -> None:
        """Raises TooManyFileInputs; one call alone always may."""
        own = self._spaces.get(space, 0)
        if (own and own + size > self._most_each) or (self.total and self.total + size > self._most):
            raise TooManyFileInputs
        self._spaces[space] = own + size
        self.total += size

    def give_back(self, space: str, size: int) -> None:
        """They are held no more."""
        self.total -= size
        self._spaces[space] -= size
        if not self._spaces[space]:
            del self._spaces[space]

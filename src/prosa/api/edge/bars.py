"""Keys that are known to come from where: they pass the bar of an address that tried too many wrong ones."""


class Bars:
    """One process's memory of address groups and the keys that came from them, bounded.

    Too many wrong keys bar an address for a moment: even a right one from there looks wrong, so that none is found out. But
    who guesses keys behind a shared address locks out nobody that is at work there.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._proven: dict[tuple[str, str], None] = {}

    def knows(self, bucket: str, key_id: str) -> bool:
        """Whether this key has come from this address group before."""
        return (bucket, key_id) in self._proven

    def remember(self, bucket: str, key_id: str) -> None:
        """Note that it has; the oldest is forgotten when there are too many."""
        if len(self._proven) >= self._most:
            del self._proven[next(iter(self._proven))]
        self._proven[(bucket, key_id)] = None

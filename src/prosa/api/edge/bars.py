"""Addresses that tried too many wrong keys: for a moment even a right one from there looks wrong, so none is found out."""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bars:
    """One process's memory of barred addresses, and of the keys that are known to come from where; both bounded.

    A key that has come from an address before passes its bar: who guesses keys behind a shared address locks out nobody that
    is at work there. Times in monotonic seconds.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._until: dict[str, float] = {}
        self._proven: dict[tuple[str, str], None] = {}

    def bar(self, bucket: str, until: float) -> None:
        """Bar an address."""
        _make_room(self._until, self._most)
        self._until[bucket] = until

    def left(self, bucket: str, key_id: str, now: float) -> float:
        """How long a good key from this address has to wait; 0.0 (and remembered) where it needn't."""
        pair = (bucket, key_id)
        if self._until and pair not in self._proven:
            left = self._until.get(bucket, now) - now
            if left > 0:
                return left
        if pair not in self._proven:
            _make_room(self._proven, self._most)
            self._proven[pair] = None
        return 0.0


def _make_room(entries: dict[Key, Value], most: int) -> None:
    if len(entries) >= most:
        del entries[next(iter(entries))]

"""The figures of several worker processes as one: each writes a snapshot a second, whoever is asked adds them up."""

import os
from pathlib import Path

import msgspec

from prosa.drivers.telemetry.metrics import Metrics, Snapshot

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Snapshot)


class SharedMetrics:
    """Snapshots in `folder`, one file a worker number. A worker that takes a dead one's number counts on from its figures."""

    def __init__(self, folder: Path, worker_id: int, metrics: Metrics) -> None:
        self._folder = folder
        self._path = folder / f"metrics-{worker_id}.msgpack"
        self._metrics = metrics
        self._written = b""
        earlier = _read(self._path)
        if earlier is not None:
            metrics.adopt(earlier)

    @staticmethod
    def clear(folder: Path) -> None:
        """Forget all figures: the service starts anew. Called once, before the first worker."""
        for path in folder.glob("metrics-*.msgpack*"):
            path.unlink(missing_ok=True)

    def write(self) -> None:
        """Write this worker's snapshot if more than the loop's lag has changed. A full disk loses figures, never a request."""
        snapshot = self._metrics.snapshot()
        data = _ENCODER.encode(snapshot)
        snapshot.values.pop(self._metrics.lag.name, None)
        told = _ENCODER.encode(snapshot)
        if told == self._written:
            return
        draft = self._path.with_suffix(".msgpack.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            os.replace(draft, self._path)
        except OSError:
            return
        self._written = told

    def others(self) -> list[Snapshot]:
        """The snapshots of all other workers, dead ones included."""
        paths = [path for path in sorted(self._folder.glob("metrics-*.msgpack")) if path != self._path]
        return [snapshot for snapshot in map(_read, paths) if snapshot is not None]


def _read(path: Path) -> Snapshot | None:
    try:
        return _DECODER.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None

"""A process that answers like the offline model's, with vectors of nothing: `slow` waits, `die` dies, `fail` fails."""

import os
import signal
import struct
import sys
import time

import msgspec

from prosa.drivers.children import confine, frame, frames


def main() -> None:
    """A vector whose first number is the text's length."""
    confine()
    for asked in frames(sys.stdin.buffer):
        texts = msgspec.json.decode(asked, type=list[str])
        if "slow" in texts:
            time.sleep(0.5)
        if "fail" in texts:
            raise LookupError(texts)
        if "die" in texts:
            os.kill(os.getpid(), signal.SIGKILL)
        vectors = b"".join(struct.pack("<384f", len(text), *([0.0] * 383)) for text in texts)
        sys.stdout.buffer.write(frame(struct.pack(">I", sum(map(len, texts))) + vectors))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

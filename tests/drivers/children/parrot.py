"""A child that does what it hears."""

import os
import sys
import time

from prosa.drivers.children import confine, frame


def main() -> None:
    """Its whole life."""
    confine()
    for line in sys.stdin.buffer:
        word = line.strip().decode()
        if word == "sleep":
            time.sleep(60)
        elif word == "grow":
            bytearray(1 << 33)
        elif word == "fail":
            raise ValueError("secret words")
        elif word == "environment":
            sys.stdout.buffer.write(frame(",".join(sorted(os.environ)).encode()))
        else:
            sys.stdout.buffer.write(frame(word.encode()))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

"""`python -m prosa`: the program; without arguments it serves."""

import sys

from prosa.boot.command import main

if __name__ == "__main__":
    main(sys.argv[1:] or ["serve"])

"""The suites' own environment, from their hash-pinned lock: what they bring would change this project's tests."""

import subprocess
import sys
import zlib
from pathlib import Path


def installed(root: Path) -> Path:
    """The Python that has them; made once for a lock. Raises CalledProcessError where a registry can't be reached."""
    lock, folder = root / "checks" / "conformance" / "suites.txt", root / "build" / "conformance"
    python, stamp = folder / "venv" / "bin" / "python", folder / "stamp"
    mark = f"{zlib.crc32(lock.read_bytes())} {folder}"
    if stamp.exists() and stamp.read_text() == mark and python.exists():
        return python
    print(f"conformance: adding the suites to {folder.relative_to(root)} (once; a minute)", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], check=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    subprocess.run([*pip, "-r", str(lock)], check=True)
    stamp.write_text(mark)
    return python

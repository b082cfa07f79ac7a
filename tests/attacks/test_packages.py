"""What pip makes of a lock with hashes when the index is not to be trusted."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def wheel(folder: Path, name: str, version: str, needs: str = "", body: str = "") -> str:
    """A wheel in the folder; its hash, as a lock writes it."""
    folder.mkdir(exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"{name}.py", body or f"version = {version!r}\n")
        requires = f"Requires-Dist: {needs}\n" if needs else ""
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def installed(folder: Path, lock: str) -> tuple[int, list[str], str]:
    """Pip's status, what it put into an empty place, what it said."""
    wanted, place = folder / "requirements.txt", folder / "place"
    wanted.write_text(lock)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "install", "--no-index"]
    command += ["--find-links", str(folder / "index"), "--require-hashes", "--target", str(place), "--requirement", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, sorted(path.name for path in place.glob("*.dist-info")), done.stdout + done.stderr


@pytest.mark.attack("M7")
def test_a_newer_version_in_the_index_is_not_taken(tmp_path: Path) -> None:
    index = tmp_path / "index"
    lock = wheel(index, "thing", "1")
    wheel(index, "thing", "2", body="raise SystemExit('not what was locked')\n")
    assert installed(tmp_path, lock)[:2] == (0, ["thing-1.dist-info"])


@pytest.mark.attack("M7")
def test_one_altered_wheel_and_nothing_at_all_is_installed(tmp_path: Path) -> None:
    index = tmp_path / "index"
    lock = wheel(index, "thing", "1") + wheel(index, "other", "1")
    wheel(index, "other", "1", body="raise SystemExit('altered')\n")
    status, found, said = installed(tmp_path, lock)
    assert status != 0 and found == [] and "DO NOT MATCH THE HASHES" in said


@pytest.mark.attack("M7")
def test_a_package_that_the_lock_does_not_name_comes_along_with_none(tmp_path: Path) -> None:
    index = tmp_path / "index"
    wheel(index, "stowaway", "1")
    status, found, said = installed(tmp_path, wheel(index, "thing", "1", needs="stowaway"))
    assert status != 0 and found == [] and "hash" in said

"""Where secrets come from when nobody set any."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from prosa.drivers.vault import SECRET_FILE, Keyring, SecretsUnusable, load_secrets


def test_configured_secrets_need_no_file(tmp_path: Path) -> None:
    assert load_secrets(("new", "old"), tmp_path / "nowhere") == ("new", "old")
    assert not (tmp_path / "nowhere").exists()


def test_without_any_one_is_made_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        (first,) = load_secrets((), folder)
    finally:
        os.umask(before)
    assert len(first) >= 43
    assert stat.S_IMODE((folder / SECRET_FILE).stat().st_mode) == 0o600
    assert load_secrets((), folder, production=True) == (first,)
    assert os.listdir(folder) == [SECRET_FILE]
    assert load_secrets((), tmp_path / "other") != (first,)


def test_the_file_may_hold_several_newest_first(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_text("new one\r\n\n  old one  \n")
    assert load_secrets((), tmp_path) == ("new one", "old one")


def test_processes_that_come_at_once_get_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from prosa.drivers.vault import load_secrets\n"
        "sys.stdin.readline(); print(load_secrets((), Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "data")]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("now\n")
        child.stdin.flush()
    answers = {child.communicate(timeout=20)[0] for child in children}
    assert answers == {f"{load_secrets((), tmp_path / 'data')}\n"}
    assert os.listdir(tmp_path / "data") == [SECRET_FILE]


def test_a_file_system_without_links_has_its_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_paths: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuses)
    assert load_secrets((), tmp_path) == load_secrets((), tmp_path)
    assert os.listdir(tmp_path) == [SECRET_FILE]


@pytest.mark.attack("M1")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_production_refuses_a_file_that_others_can_read(tmp_path: Path, mode: int) -> None:
    secrets = load_secrets((), tmp_path)
    (tmp_path / SECRET_FILE).chmod(mode)
    with pytest.raises(SecretsUnusable, match="chmod 600") as caught:
        load_secrets((), tmp_path, production=True)
    assert secrets[0] not in str(caught.value)
    assert load_secrets((), tmp_path) == secrets


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00"])
def test_an_empty_or_broken_file_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SECRET_FILE).write_bytes(content)
    with pytest.raises(SecretsUnusable, match=r"secret\.key"):
        load_secrets((), tmp_path)
    assert (tmp_path / SECRET_FILE).read_bytes() == content


def test_a_folder_that_can_not_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretsUnusable, match="PROSA_SECRET"):
        load_secrets((), tmp_path / "file" / "data")


def test_deriving_and_authenticating_load_no_cryptography() -> None:
    code = (
        "import sys; from prosa.drivers.vault import Keyring; k = Keyring.of(['a']); k.mac('keys', b'x'); k.derive('tokens')\n"
        "print('cryptography' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
    assert Keyring.of(["a"]).kid == Keyring.of(["a", "b"]).kid

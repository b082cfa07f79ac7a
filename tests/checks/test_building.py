"""The web app is built when its sources changed and only then, in one move, and it is part of what is installed."""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

import hatch_build
from hatch_build import BuildFailed, Tools
from tests.boot.process import started_anew

ROOT = Path(__file__).resolve().parents[2]
LOCK = '{"packages": {"": {}, "node_modules/vite": {"version": "8", "integrity": "x"}, "node_modules/mac": {"optional": true}}}'
# A Node that writes down what it is asked for: `npm ci` brings what the lock says, `npm run build` puts a page where it shall.
THERE = '{"packages": {"node_modules/vite": {"version": "8", "integrity": "x"}}}'
NODE = f"""#!/bin/sh
echo "$*" >>"$0.log"
case "$*" in
  ci*) mkdir -p node_modules; echo '{THERE}' >node_modules/.package-lock.json;;
  "run build -- --outDir "*)
    grep -q wrong src/main.tsx && {{ printf '\\033[31msrc/main.tsx: wrong\\033[0m\\n    at f (/x/y.js:1:2)\\n'; exit 1; }}
    mkdir -p "$5/assets"; cp src/main.tsx "$5/index.html";;
  pack.mjs*) touch "$2/packed";;
esac
"""


class Project:
    """A project in small, with a Node of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.node = root, root / "node"
        for name, text in {
            "package.json": "{}",
            "package-lock.json": LOCK,
            "src/main.tsx": "one",
            "public/icon.svg": "<svg/>",
        }.items():
            self.put(name, text)
        self.node.write_text(NODE)
        self.node.chmod(0o755)

    def put(self, name: str, text: str) -> None:
        place = self.root / "ui" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def build(self) -> list[str]:
        """Build where it is needed; gives the first word of each step."""
        log = self.root / "node.log"
        log.unlink(missing_ok=True)
        if hatch_build.needed(self.root):
            hatch_build.build(self.root)
        return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def page(self) -> str:
        return (self.root / hatch_build.TARGET / "index.html").read_text()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    found = Project(tmp_path)
    monkeypatch.setattr(hatch_build, "tools", lambda: Tools(str(found.node), (str(found.node),)))
    monkeypatch.delenv("PROSA_SKIP_UI", raising=False)
    yield found


def test_it_is_built_once_for_each_change(work: Project) -> None:
    assert work.build() == ["ci", "run", "pack.mjs"] and work.page == "one"
    assert work.build() == []
    work.put("src/main.tsx", "two")
    work.put("src/main.test.tsx", "a test")
    assert work.build() == ["run", "pack.mjs"] and work.page == "two"
    work.put("src/main.test.tsx", "another test")
    work.put("README.md", "words")
    assert work.build() == []
    assert [path.name for path in (work.root / "build").iterdir()] == []


@pytest.mark.parametrize("name", ["package-lock.json", ".npmrc", "index.html", "vite.config.ts", "public/new.svg", "pack.mjs"])
def test_whatever_goes_into_it_counts(work: Project, name: str) -> None:
    before = hatch_build.digest(work.root / "ui")
    work.put(name, "changed")
    assert hatch_build.digest(work.root / "ui") != before


def test_a_file_that_moved_counts_too(work: Project) -> None:
    before = hatch_build.digest(work.root / "ui")
    (work.root / "ui/src/main.tsx").rename(work.root / "ui/src/other.tsx")
    assert hatch_build.digest(work.root / "ui") != before


def test_what_fails_is_told_and_what_stood_there_stays(work: Project) -> None:
    work.build()
    work.put("src/main.tsx", "wrong")
    with pytest.raises(BuildFailed, match=r"^src/main.tsx: wrong\nthe web app could not be built \(vite build failed\)$"):
        work.build()
    assert work.page == "one" and hatch_build.needed(work.root) and not list((work.root / "build").iterdir())


def test_it_is_left_out_where_somebody_says_so(work: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROSA_SKIP_UI", "1")
    assert work.build() == [] and not hatch_build.wants_wheel(work.root)


def test_without_sources_what_is_there_is_taken_as_it_is(work: Project) -> None:
    shutil.rmtree(work.root / "ui")
    assert not hatch_build.needed(work.root)


@pytest.mark.parametrize(
    ("there", "fits"),
    [
        (THERE, True),
        ('{"packages": {"node_modules/vite": {"version": "7", "integrity": "x"}}}', False),
        ('{"packages": {"node_modules/vite": {"version": "8", "integrity": "x"}, "node_modules/more": {}}}', False),
        ('{"packages": {}}', False),
        ("half", False),
    ],
)
def test_packages_are_brought_where_they_are_not_those_of_the_lock(work: Project, there: str, fits: bool) -> None:
    work.put("node_modules/.package-lock.json", there)
    assert hatch_build.installed(work.root / "ui") is fits


@pytest.mark.parametrize(("told", "fits"), [("v22.1.0", True), ("v26.0.0", True), ("v20.19.1", False), ("", False)])
def test_a_node_of_the_machine_s_own_does_where_there_is_no_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, fits: bool
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {told}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(hatch_build, "_folder", lambda: None)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
    if fits:
        assert hatch_build.tools() == Tools(str(tmp_path / "node"), (str(tmp_path / "npm"),))
    else:
        with pytest.raises(BuildFailed, match="needs Node 22 or newer"):
            hatch_build.tools()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(BuildFailed, match="install Node 22"):
        hatch_build.tools()


def test_the_wheel_is_wanted_where_there_is_one_for_this_machine(work: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "requirements-ui.txt", work.root)
    assert hatch_build.pinned(work.root) in (ROOT / "requirements-dev.txt").read_text()
    monkeypatch.setattr(hatch_build, "_folder", lambda: None)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert hatch_build.wants_wheel(work.root)
    monkeypatch.setattr("platform.machine", lambda: "armv7l")
    assert not hatch_build.wants_wheel(work.root)


def test_files_get_packed_twins_where_that_saves_something(tmp_path: Path) -> None:
    text = b"export const word = 'palavra';\n" * 100
    for name, content in {"a/long.js": text, "short.js": b"1", "icon.png": text, "manifest.json": text}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = hatch_build.tools()
    hatch_build.run(found, "pack", (found.node, "pack.mjs", str(tmp_path)), ROOT / "ui")
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == [
        *("icon.png", "long.js", "long.js.br", "long.js.gz", "manifest.json", "short.js")
    ]
    assert gzip.decompress((tmp_path / "a/long.js.gz").read_bytes()) == text


@pytest.mark.slow
def test_what_is_installed_from_an_archive_serves_the_app_without_node(tmp_path: Path) -> None:
    source = tmp_path / "source"
    ignore = shutil.ignore_patterns("__pycache__", "assets", "node_modules")
    for name in ("src", "migrations"):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "requirements-ui.txt", ".gitignore"):
        shutil.copy(ROOT / name, source)
    project = Project(source)
    project.put("node_modules/vite/vite.js", "nobody's")
    assets = source / hatch_build.TARGET
    (assets / "assets").mkdir(parents=True)
    (assets / "index.html").write_text("<!doctype html><title>the app</title>")
    (assets / "assets/index-Abcdefg1.js").write_text("the script")
    (assets / hatch_build.STAMP).write_text(hatch_build.digest(source / "ui"))
    _python(source, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path))
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as found:
        names = found.getnames()
        found.extractall(tmp_path / "unpacked", filter="data")
    assert any(name.endswith("ui/src/main.tsx") for name in names) and not any("node_modules" in name for name in names)
    [unpacked] = (tmp_path / "unpacked").iterdir()
    _python(unpacked, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert "prosa/web/assets/assets/index-Abcdefg1.js" in packed.namelist()
        packed.extractall(tmp_path / "installed")
    with started_anew(tmp_path, PYTHONPATH=str(tmp_path / "installed")) as process:
        base = f"http://127.0.0.1:{process.port}"
        page = httpx2.get(f"{base}/", headers={"accept": "text/html"})
        assert "<title>the app</title>" in page.text and "trusted-types" in page.headers["content-security-policy"]
        assert httpx2.get(f"{base}/assets/index-Abcdefg1.js").text == "the script"
    assert not (project.root / "node.log").exists()


def _python(folder: Path, *arguments: str) -> None:
    environ = {"PATH": os.defpath, "HOME": str(folder)}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

"""OGX as a peer: which Python it gets, its stack file, how it is started, and what it is compared in; by a stub in its place."""

import json
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from bench import environments, ogx, peers
from bench.compile import BenchError
from bench.knowledge import ogx_rows
from bench.knowledge.filling import DIMENSIONS, invented
from bench.measures import MEASURES, Sizes
from bench.peers import installed
from bench.processes import UNPINNED
from bench.run import OWN, choose, parse
from bench.searching import STOCKED, ogx_chunk
from bench.stage import Stage
from bench.subjects import Site, prosa
from bench.upstream import Upstream

SITE = Site(18_001, 18_002, Path("/somewhere"))
ROWS = {measure.id for measure in MEASURES}


def put_in_place(monkeypatch: pytest.MonkeyPatch, program: Path, text: str = "") -> None:
    """A program where OGX's is looked for."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(ogx, "PROGRAM", program)


def python_that_says(folder: Path, name: str, answer: str) -> Path:
    """An interpreter that answers any question in the same way."""
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with this Python, too old, and an empty PATH."""
    old = python_that_says(tmp_path / "own", "python", "echo False")
    monkeypatch.setattr(sys, "executable", str(old))
    monkeypatch.setattr(ogx, "UV", tmp_path / "own" / "uv")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_a_python_on_the_path_is_taken_when_it_is_new_enough_and_runs(bare: Path) -> None:
    python_that_says(bare / "bin", "python3.13", "exit 127")  # as pyenv's do that aren't chosen
    good = python_that_says(bare / "bin", "python3.12", "echo True")
    assert ogx.interpreter() == str(good)


def test_a_python_of_pyenv_is_found_though_it_is_not_chosen(bare: Path) -> None:
    good = python_that_says(bare / "versions" / "3.13.0" / "bin", "python", "echo True")
    python_that_says(bare / "bin", "pyenv", f'[ "$2" = 3.13 ] && echo {good.parent.parent}')
    assert ogx.interpreter() == str(good)


def test_a_python_of_uv_is_found(bare: Path) -> None:
    good = python_that_says(bare / "elsewhere", "python", "echo True")
    python_that_says(bare / "own", "uv", f"echo {good}")
    assert ogx.interpreter() == str(good)


def test_without_a_new_python_it_is_left_out_with_the_reason(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise BenchError("not now")

    with pytest.raises(BenchError, match=r"Python 3\.12 or newer"):
        ogx.interpreter()
    monkeypatch.setattr(peers, "install_litellm", fail)
    monkeypatch.setattr(peers, "install_portkey", fail)
    assert peers.main() == 1
    assert "ogx: left out: needs Python 3.12 or newer" in capsys.readouterr().out


def test_it_is_installed_with_its_providers_packages_and_a_sqlite_that_loads_extensions(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    python_that_says(bare / "bin", "python3.12", "echo True")
    python_that_says(bare / "home" / "bin", "python", "exit 1")  # its sqlite3 doesn't
    packages = bare / "home" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    monkeypatch.setattr(ogx, "HOME", bare / "home")
    monkeypatch.setattr(environments, "UV", bare / "none")
    monkeypatch.setattr(environments, "run", asked.append)
    ogx.install_ogx()
    assert [argv[4:] for argv in asked] == [
        ["--quiet", "--no-deps", f"litellm=={peers.LITELLM}"],
        ["--quiet", "pysqlite3"],
        ["--quiet", "ogx==1.5.0", *ogx.NEEDED],
    ]
    assert (packages / "bench_sqlite.pth").read_text() == ogx.STAND_IN


def test_the_stack_file_keeps_all_in_the_folder_and_asks_the_fake_provider() -> None:
    told = json.dumps(ogx.stack(SITE))
    assert json.loads(told)["providers"]["inference"][0]["config"]["base_url"] == "http://127.0.0.1:18002/v1"
    stack = ogx.stack(SITE)
    assert set(stack["providers"]) == set(stack["apis"])  # type: ignore[call-overload]  # a dictionary as JSON has them
    assert {part for part in told.split('"') if part.startswith("/")} == {
        f"/somewhere/{name}" for name in ("vectors.db", "files", "kv.db", "sql.db")
    }


def test_it_is_started_with_its_stack_file_and_writes_nowhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put_in_place(monkeypatch, tmp_path / "ogx")
    site = Site(1, 2, tmp_path / "site", 3)
    launch = ogx.launch(site)
    stack = json.loads((tmp_path / "site" / "run.yaml").read_text())
    assert launch.argv == (str(tmp_path / "ogx"), "run", str(tmp_path / "site" / "run.yaml"), "--port", "1")
    assert launch.env["HOME"] == launch.env["TMPDIR"] == str(tmp_path / "site")
    assert stack["server"] == {"host": "127.0.0.1", "port": 1, "workers": 3, "insecure": True}
    assert [model["metadata"]["embedding_dimension"] for model in stack["registered_resources"]["models"]] == [64, DIMENSIONS]


def test_it_is_compared_in_what_it_has_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set(ogx.CASES) < OWN.keys()
    put_in_place(monkeypatch, tmp_path / "ogx")
    assert [subject.name for subject in choose(parse(["runs"]))[0]] == ["prosa", "ogx"]
    assert [subject.name for subject in choose(parse(["knowledge"]))[0]] == ["prosa", "ogx"]
    assert [subject.name for subject in choose(parse(["search"]))[0]] == ["prosa"]
    subjects, reasons = choose(parse(["--quick", "runs"]))
    assert ([subject.name for subject in subjects], reasons) == (["prosa"], {"ogx": "not part of --quick"})


def test_where_it_is_not_installed_the_table_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ogx, "PROGRAM", tmp_path / "none")
    found, left = installed()
    assert "ogx" not in {subject.name for subject in found}
    [reason] = [one.reason for one in left if one.name == "ogx"]
    assert reason.startswith("not installed: `make bench-peers`")
    assert choose(parse(["runs"]))[1] == {"ogx": reason}
    assert choose(parse(["people"]))[1] == {}


def test_rows_are_laid_into_the_tables_of_the_store(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "staged.db")) as staged, staged:
        staged.execute("CREATE TABLE rows (id TEXT, chunk TEXT, vector BLOB, text TEXT)")
        staged.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", [("a", "{}", b"1", "one"), ("b", "[]", b"2", "two")])
    with closing(sqlite3.connect(tmp_path / "ogx.db")) as there:
        for table, column in (("chunks", "chunk"), ("vec_chunks", "embedding"), ("fts_chunks", "content")):
            there.execute(f"CREATE TABLE {table}_vs_1_2 (id TEXT, {column})")
        ogx_rows.lay(there, "vs_1-2", str(tmp_path / "staged.db"))
        assert there.execute("SELECT * FROM chunks_vs_1_2").fetchall() == [("a", "{}"), ("b", "[]")]
        assert there.execute("SELECT * FROM vec_chunks_vs_1_2").fetchall() == [("a", b"1"), ("b", b"2")]
        assert there.execute("SELECT * FROM fts_chunks_vs_1_2").fetchall() == [("a", "one"), ("b", "two")]


def test_a_passage_stands_there_as_it_would_by_its_api() -> None:
    file, passages, vectors = next(invented(100))
    chunk = ogx_chunk("one", file, passages[0].text, vectors[0])
    assert (chunk["chunk_id"], chunk["embedding_dimension"]) == ("one", DIMENSIONS)
    assert chunk["metadata"] == {"document_id": file, "filename": f"{file}.txt"}
    assert np.array(chunk["embedding"], dtype="<f4").tobytes() == vectors[0]


STUB = f"""#!{sys.executable}
import json, sys, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STACK = json.load(open(sys.argv[2]))


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        told = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_GET(self):
        self.answer(200 if self.path == "/v1/health" else 404, STACK)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/v1/vector_stores":
            return self.answer(200, {{"id": "vs_" + asked["name"]}})
        if self.path == "/v1/vector_stores/vs_bench/search":
            base = STACK["providers"]["inference"][0]["config"]["base_url"]
            urllib.request.urlopen(base + "/embeddings", json.dumps({{"input": asked["query"]}}).encode()).read()
            weighed = asked["ranking_options"]["hybrid_search"] == {{"embedding_weight": 1, "text_weight": 1}}
            return self.answer(200, {{"data": [{{}}] * (asked["max_num_results"] if weighed else 0)}})
        self.answer(404, {{}})


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Answers).serve_forever()
"""


def test_a_stub_in_its_place_is_started_stocked_and_searched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, need: Callable[[str], str]
) -> None:
    need("gcc")
    put_in_place(monkeypatch, tmp_path / "ogx", STUB)
    stocked = []
    monkeypatch.setitem(STOCKED, "ogx", lambda site, store, count: stocked.append((store, count)))
    with Upstream() as upstream:
        stage = Stage(ogx.subject(), Sizes(passages=200), UNPINNED, upstream)
        figures = OWN["store-search"](stage)
    assert stocked == [("vs_bench", 200)]
    assert figures.keys() == {row for row in ROWS if row.startswith("sqlite_search_http_")}
    assert figures["sqlite_search_http_p95_ms"] >= figures["sqlite_search_http_p50_ms"] > 0


@pytest.mark.slow
def test_this_prosa_is_stocked_and_searched_in_the_same_way(need: Callable[[str], str]) -> None:
    need("gcc")
    with Upstream() as upstream:
        stage = Stage(prosa(), Sizes(passages=300), UNPINNED, upstream)
        figures = OWN["store-search"](stage)
    assert figures.keys() == {row for row in ROWS if row.startswith("sqlite_search_http_")}
    assert not stage.outcome.figures["failures"]

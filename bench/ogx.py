"""OGX, formerly Llama Stack: how it is installed and started, with which stack file.

It asks for no key here, since its own check needs a further service. Its relay stores no chat completions,
so that it is a plain one.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.compile import BenchError
from bench.environments import PEERS, UV, install, python_of
from bench.subjects import MODEL, PROVIDER_KEY, Launch, Site, Subject, environment

VERSION = "1.5.0"
HOME = PEERS / "ogx"
PROGRAM = HOME / "bin" / "ogx"
NEEDED = ("chardet", "numpy", "pypdf", "sqlite-vec")  # by the providers of the stack file, beyond what its package names
# At its start it wants the words of a tokenizer, from the web. LiteLLM's wheel, of which nothing else is used, brings that file.
WORDS_FROM = "litellm==1.109.1"
WORDS = "lib/python3*/site-packages/litellm/litellm_core_utils/tokenizers"
OLDEST = (3, 12)
INTERPRETERS = ("python3.13", "python3.12", "python3.14")
# Some Pythons are built without loading SQLite's extensions, which sqlite-vec is: this one stands in for theirs.
SQLITE = "pysqlite3"
STAND_IN = "import sys, pysqlite3; sys.modules['sqlite3'] = pysqlite3\n"
LOADS = "import sqlite3, sys; sys.exit(not hasattr(sqlite3.Connection, 'enable_load_extension'))"
VECTORS = ("bench-64", "bench-384")  # models of the fake provider, by how many numbers their vectors have
CASES = ("turns", "store-search")  # of prosa's own, those that it has, too
DATABASE = "vectors.db"


def subject() -> Subject:
    """One worker on SQLite, as a peer."""
    return Subject(
        "ogx",
        launch,
        VERSION,
        model=f"openai/{MODEL}",
        vectors=f"openai/{VECTORS[0]}",
        ready_path="/v1/health",
        start_seconds=120,
        done=False,
        beside=CASES,
    )


def launch(site: Site) -> Launch:
    """Its command, with a stack file in the site's folder, where it leaves all that it writes."""
    site.folder.mkdir(parents=True, exist_ok=True)
    path = site.folder / "run.yaml"
    path.write_text(json.dumps(stack(site)))  # JSON is YAML
    words = next(HOME.glob(WORDS), HOME)
    folder = str(site.folder)
    # Errors, and a line for each request as prosa writes one: the cheaper of its two forms.
    told = {"OGX_LOGGING": "all=error", "OGX_LOG_FORMAT": "json"}
    own = environment(HOME=folder, TMPDIR=folder, TIKTOKEN_CACHE_DIR=str(words), **told)
    return Launch((str(PROGRAM), "run", str(path), "--port", str(site.port)), own)


def stack(site: Site) -> dict[str, object]:
    """The stack file: the fake provider as an OpenAI-compatible one; responses, files, vector stores and all else on SQLite."""
    folder = site.folder
    provider = {"base_url": f"http://127.0.0.1:{site.upstream}/v1", "api_key": PROVIDER_KEY}
    vectors = {"db_path": str(folder / DATABASE), "persistence": {"namespace": "vectors", "backend": "kv"}}
    files = {"storage_dir": str(folder / "files"), "metadata_store": _table("files")}
    stores = {name: _table(name) for name in ("conversations", "prompts", "connectors")}
    return {
        "version": 2,
        "distro_name": "bench",
        "apis": ["inference", "responses", "vector_io", "files", "tool_runtime"],
        "providers": {
            "inference": [_provider("openai", "remote::openai", provider)],
            "responses": [_provider("builtin", "inline::builtin", {"persistence": {"responses": _table("responses")}})],
            "vector_io": [_provider("sqlite-vec", "inline::sqlite-vec", vectors)],
            "files": [_provider("files", "inline::localfs", files)],
            "tool_runtime": [_provider("file-search", "inline::file-search", {})],
        },
        "storage": {
            "backends": {
                "kv": {"type": "kv_sqlite", "db_path": str(folder / "kv.db")},
                "sql": {"type": "sql_sqlite", "db_path": str(folder / "sql.db")},
            },
            "stores": stores
            | {"metadata": {"namespace": "registry", "backend": "kv"}, "inference": _table("inference") | {"enabled": False}},
        },
        "registered_resources": {"models": [_embedding(name) for name in VECTORS], "vector_stores": []},
        "vector_stores": {
            "default_provider_id": "sqlite-vec",
            "default_embedding_model": {"provider_id": "openai", "model_id": VECTORS[-1]},
        },
        "server": {"host": "127.0.0.1", "port": site.port, "workers": site.workers, "insecure": True},
    }


def _table(name: str) -> dict[str, object]:
    return {"table_name": name, "backend": "sql"}


def _provider(id: str, kind: str, config: Mapping[str, object]) -> dict[str, object]:
    return {"provider_id": id, "provider_type": kind, "config": config}


def _embedding(name: str) -> dict[str, object]:
    size = int(name.rpartition("-")[2])
    told = {"model_id": name, "provider_model_id": name, "provider_id": "openai", "model_type": "embedding"}
    return told | {"metadata": {"embedding_dimension": size}}


def install_ogx() -> None:
    """A virtual environment with OGX and what its stack file needs; itself last, so that it is whole once it is there.

    Raises BenchError.
    """
    python = python_of(HOME, interpreter())
    install(python, "--no-deps", WORDS_FROM)
    if subprocess.run([python, "-c", LOADS], check=False).returncode:
        install(python, SQLITE)
        for packages in HOME.glob("lib/python3*/site-packages"):
            (packages / "bench_sqlite.pth").write_text(STAND_IN)
    install(python, f"ogx=={VERSION}", *NEEDED)


def interpreter() -> str:
    """A Python that is new enough and runs: this one, one on PATH, or one that pyenv or uv has. Raises BenchError."""
    for candidate in _interpreters():
        if _told([candidate, "-c", f"import sys; print(sys.version_info >= {OLDEST})"]) == "True":
            return candidate
    raise BenchError(f"needs Python {'.'.join(map(str, OLDEST))} or newer, and there is none on PATH")


def _interpreters() -> Iterator[str]:
    yield sys.executable
    yield from (found for name in INTERPRETERS if (found := shutil.which(name)))
    for name in INTERPRETERS:  # pyenv's on PATH don't run unless they are chosen
        home = _told(["pyenv", "prefix", name.removeprefix("python")])
        if home:
            yield str(Path(home) / "bin" / "python")
    found = _told([str(UV), "python", "find", "--no-python-downloads", f">={'.'.join(map(str, OLDEST))}"])
    if found:
        yield found


def _told(argv: list[str]) -> str:
    """What a command prints; nothing where it fails or isn't there."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

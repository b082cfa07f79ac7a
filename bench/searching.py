"""Searches over HTTP in a large vector store, the same at this prosa and at OGX."""

import http.client
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bench import ogx
from bench.cases import Case
from bench.compile import BenchError
from bench.finding import Language
from bench.knowledge import ogx_rows
from bench.knowledge.filling import DIMENSIONS, invented
from bench.measures import Figures
from bench.processes import busy_seconds
from bench.stage import SETTLE_SECONDS, Stage
from bench.subjects import Site, data_folder, prosa
from prosa.knowledge.retrieval import searched_text

QUESTIONS: Final = 300
WARM: Final = 10  # questions that aren't counted
LIMIT: Final = 10
MODEL: Final = f"openai/bench-{DIMENSIONS}"
_WEIGHTS: Final = {"embedding_weight": 1, "text_weight": 1}


def searches(stage: Stage) -> Figures:
    """How long a search for ten passages by words and vectors takes, one after the other.

    The same request goes to the same route of either server, which has the question's vector from the same provider, and both are
    on SQLite with the same passages and vectors; these are laid into their tables before, so that how either takes them in is no
    part of it. OGX compares every vector and wants all words of a question; prosa compares signs first and wants any word.
    """
    subject = prosa(PROSA_DEFAULT_EMBEDDING_MODEL=MODEL) if stage.subject.people else stage.subject
    own = Stage(subject, stage.sizes, stage.cores, stage.upstream)
    own.outcome = stage.outcome
    with own.running():
        own.warm_up()
        connection = http.client.HTTPConnection("127.0.0.1", own.site.port, timeout=60)
        with closing(connection):
            store = _id(_asked(connection, own, "/vector_stores", {"name": "bench"})).id
            STOCKED[subject.name](own.site, store, own.sizes.passages)
            connection.close()  # which the server may have done meanwhile; the next request opens it anew
            return {f"sqlite_search_http_{name}": value for name, value in _measured(own, connection, store).items()}


SEARCHING: dict[str, Case] = {"store-search": searches}


class _Made(msgspec.Struct):
    id: str


class _Page(msgspec.Struct):
    data: list[object]


_id: Final = msgspec.json.Decoder(_Made).decode
_page: Final = msgspec.json.Decoder(_Page).decode


def _measured(own: Stage, connection: http.client.HTTPConnection, store: str) -> Figures:
    assert own.server is not None
    language = Language(random.Random(7))
    before, taken, began = own.memory(), [], 0.0
    embedded = own.upstream.counters().requests
    for number in range(WARM + QUESTIONS):
        if number == WARM:
            began = busy_seconds(own.server.pid)
        asked = " ".join([*language.words(language.chance.choice((1, 2, 4, 8))), "para", "que"])
        body = {"query": asked, "max_num_results": LIMIT, "ranking_options": {"hybrid_search": _WEIGHTS}}
        moment = time.perf_counter()
        told = _asked(connection, own, f"/vector_stores/{store}/search", body)
        taken.append((time.perf_counter() - moment) * 1000)
        if len(_page(told).data) != LIMIT:
            raise BenchError(f"a search found less than {LIMIT} passages: {told[:200]!r}")
    time.sleep(SETTLE_SECONDS)
    work = busy_seconds(own.server.pid) - began
    taken = sorted(taken[WARM:])
    if own.upstream.counters().requests - embedded < len(taken):
        raise BenchError("not every question got a vector, without which it is looked for by its words alone")
    return {
        "p50_ms": taken[QUESTIONS // 2],
        "p95_ms": taken[QUESTIONS * 95 // 100],
        "cpu_ms": work / QUESTIONS * 1000,
        "mb": own.memory().proportional - before.proportional,
    }


def _asked(connection: http.client.HTTPConnection, own: Stage, path: str, body: object) -> bytes:
    headers = {"content-type": "application/json", "authorization": f"Bearer {own.aim.key}"}
    connection.request("POST", own.aim.prefix + path, msgspec.json.encode(body), headers)
    answer = connection.getresponse()
    found = answer.read()
    if answer.status != 200:
        raise BenchError(f"{path}: {answer.status} {found[:200]!r}")
    return found


def into_prosa(site: Site, store: str, count: int) -> None:
    """By the index itself, in another process; the files as rows."""
    path = data_folder(site) / "prosa.db"
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        [(id, space, model, moment)] = connection.execute("SELECT id, space, model, created_at FROM vector_stores").fetchall()
        if model != MODEL:
            raise BenchError(f"the store {store} has the model {model}")
        names = "store_id, file_id, space, filename, status, batch_id, attributes, chunk_tokens, overlap_tokens, usage_bytes"
        sql = f"INSERT INTO vector_store_files ({names}, model, created_at) VALUES ({', '.join('?' * 12)})"
        for number in range(count // 100):
            file = (id, f"{number:032x}", space, f"{number}.txt", "completed", id, "{}", 800, 400, 1, model, moment)
            connection.execute(sql, file)
    command = [sys.executable, "-m", "bench.knowledge.filling", str(path), str(count), space, id]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def into_ogx(site: Site, store: str, count: int) -> None:
    """By SQL, as `bench/knowledge/ogx_rows.py` says."""
    staged = site.folder / "staged.db"
    with closing(sqlite3.connect(staged)) as connection, connection:
        connection.execute("CREATE TABLE rows (id TEXT, chunk TEXT, vector BLOB, text TEXT)")
        for file, passages, vectors in invented(count):
            for place, (passage, vector) in enumerate(zip(passages, vectors, strict=True)):
                chunk = ogx_chunk(f"{file}-{place}", file, searched_text(passage), vector)
                row = (chunk["chunk_id"], json.dumps(chunk, ensure_ascii=False, separators=(",", ":")), vector, chunk["content"])
                connection.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", row)
    python = str(ogx.HOME / "bin" / "python")
    command = [python, str(Path(ogx_rows.__file__)), str(site.folder / ogx.DATABASE), store, str(staged)]
    subprocess.run(command, check=True)
    staged.unlink()


def ogx_chunk(id: str, file: str, text: str, vector: bytes) -> dict[str, object]:
    """A passage as OGX keeps it: the fields of `POST /v1/vector-io/insert`."""
    return {
        "content": text,
        "chunk_id": id,
        "metadata": {"document_id": file, "filename": f"{file}.txt"},
        "chunk_metadata": {"chunk_id": id, "document_id": file},
        "embedding": np.frombuffer(vector, dtype="<f4").tolist(),
        "embedding_model": MODEL,
        "embedding_dimension": DIMENSIONS,
    }


STOCKED: Final[dict[str, Callable[[Site, str, int], None]]] = {"prosa": into_prosa, "ogx": into_ogx}

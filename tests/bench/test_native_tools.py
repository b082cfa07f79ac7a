"""The fake provider and the load generator do and judge what the benchmarks rely on."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import compile as building
from bench.compile import ROOT, BenchError, compiled
from bench.load import Aim, Load, decode
from bench.report import load as load_report
from bench.upstream import Upstream

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def upstream(need: Callable[[str], str]) -> Iterator[Upstream]:
    """The fake provider, running."""
    need("gcc")
    with Upstream() as running:
        yield running


def aim(upstream: Upstream) -> Aim:
    """The provider called directly."""
    return Aim(upstream.port, "sk-none", "bench-1")


def test_both_tools_compile_without_a_warning(need: Callable[[str], str], tmp_path: Path) -> None:
    need("gcc")
    assert compiled("upstream", tmp_path).stat().st_mode & 0o111
    assert compiled("load", tmp_path).stat().st_mode & 0o111


def test_without_a_compiler_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BenchError, match=r"no C compiler .*apt-get install gcc"):
        compiled("upstream", tmp_path)


def test_a_broken_source_is_told_with_the_compilers_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, need: Callable[[str], str]
) -> None:
    need("gcc")
    (tmp_path / "load.c").write_text("int main(void) { return wrong; }\n")
    monkeypatch.setattr(building, "SOURCES", tmp_path)
    with pytest.raises(BenchError, match="wrong"):
        compiled("load", tmp_path / "built")


def test_plain_answers_and_vectors_are_judged_good(upstream: Upstream) -> None:
    plain = Load().run(aim(upstream), "--connections", "4", "--requests", "40")
    assert (plain.ok, plain.failures, plain.latency.count) == (40, 0, 40)
    vectors = Load().run(aim(upstream), "--connections", "2", "--requests", "6", "--embeddings", path="/embeddings")
    assert (vectors.ok, vectors.failures) == (6, 0)


def test_whole_streams_are_judged_good_and_each_chunk_is_timed(upstream: Upstream) -> None:
    stream = ("--stream", "--usage", "--lag", "--prompt", "chunks=10 gap=1", "--expect", "10")
    found = Load().run(aim(upstream), "--connections", "5", "--requests", "10", *stream)
    assert (found.ok, found.failures, found.chunks, found.lag.count) == (10, 0, 100, 100)
    assert 0 <= found.lag.p50 <= found.lag.p99 <= found.lag.most


def test_a_stream_of_too_few_chunks_is_judged_bad(upstream: Upstream) -> None:
    found = Load().run(
        aim(upstream), "--connections", "1", "--requests", "3", "--stream", "--prompt", "chunks=5", "--expect", "6"
    )
    assert (found.ok, found.failed["missing"]) == (0, 3)


def test_a_refused_call_is_judged_bad_and_shown(upstream: Upstream) -> None:
    found = Load().run(aim(upstream), "--connections", "1", "--requests", "2", "--prompt", "status=503")
    assert (found.ok, found.failed["status"]) == (0, 2)
    assert found.sample.startswith("status 503:")


def test_an_answer_that_does_not_come_is_late(upstream: Upstream) -> None:
    found = Load().run(aim(upstream), "--connections", "1", "--requests", "1", "--prompt", "first=5000", "--limit", "0.3")
    assert found.failed["late"] == 1


def test_a_fixed_rate_is_kept(upstream: Upstream) -> None:
    found = Load().run(aim(upstream), "--connections", "4", "--rate", "200", "--seconds", "0.5")
    assert found.failures == 0
    assert 95 <= found.ok <= 101


def test_clients_that_leave_are_noted_by_the_provider(upstream: Upstream) -> None:
    streams = Load().hold(aim(upstream), "--hold", "--connections", "6", "--gap", "2", "--prompt", "chunks=1000 gap=50")
    assert (streams.event.open, upstream.counters().open_streams) == (6, 6)
    left = dict(streams.release().leaves)
    until = time.monotonic() + 5
    while upstream.counters().open_streams and time.monotonic() < until:
        time.sleep(0.01)
    told = dict(upstream.aborts()[-6:])
    assert told.keys() == left.keys() == set(range(6))
    assert all(0 <= told[one] - left[one] < 1_000_000_000 for one in left)


def test_slow_readers_get_all_of_it_in_the_end(upstream: Upstream) -> None:
    readers = Load().hold(aim(upstream), "--slow", "--connections", "2", "--prompt", "chunks=3000 size=1000", "--expect", "3000")
    assert upstream.counters().open_streams == 2
    found = readers.release()
    assert (found.ok, found.failures, found.chunks) == (2, 0, 6000)


@pytest.mark.parametrize(("key", "shown"), [("sk-one", b"authorization: Bearer sk-one\r\n"), ("", b"")])
def test_a_key_is_shown_and_none_is_not(key: str, shown: bytes, need: Callable[[str], str]) -> None:
    need("gcc")
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        aimed = Aim(listener.getsockname()[1], key, "bench-1", headers=("cookie: a=b",))
        asking = thread.submit(Load().run, aimed, "--connections", "1", "--requests", "1", "--limit", "5")
        connection, _ = listener.accept()
        with connection:
            head = connection.recv(65536).partition(b"\r\n\r\n")[0] + b"\r\n"
        assert asking.result().failed["cut"] == 1
    assert shown in head and b"cookie: a=b\r\n" in head
    assert head.count(b"authorization") == bool(key)


def test_nobody_listening_is_told_and_not_waited_for(need: Callable[[str], str]) -> None:
    need("gcc")
    streams = Load().hold(Aim(1, "sk-none", "bench-1"), "--hold", "--connections", "3", "--prompt", "chunks=5")
    assert (streams.event.open, streams.event.failed) == (0, 3)
    assert streams.release().failed["connect"] == 3


PIECES = (
    b'data: {"delta":"~0~1~","type":"response.output_text.delta"}\n\n'
    b'data: {"delta":" ~1~2~ x","type":"response.output_text.delta"}\n\n'
)
CHAT = b'data: {"choices":[{"delta":{"content":"~0~1~"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
OTHER_WAYS = [
    (PIECES + b'data: {"response":{},"type":"response.completed"}\n\n', ("--responses", "--expect", "2"), 1),
    (PIECES, ("--responses", "--expect", "2"), 0),
    (CHAT, ("--finish", "--expect", "1"), 1),
    (CHAT, ("--expect", "1"), 0),
]


@pytest.mark.parametrize(("stream", "options", "good"), OTHER_WAYS)
def test_streams_are_judged_as_other_servers_write_them(
    stream: bytes, options: tuple[str, ...], good: int, need: Callable[[str], str]
) -> None:
    need("gcc")
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        aimed = Aim(listener.getsockname()[1], "sk-none", "bench-1", done="--finish" not in options)
        told = [option for option in options if option != "--finish"]
        asking = thread.submit(Load().run, aimed, "--connections", "1", "--requests", "1", "--limit", "5", "--stream", *told)
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + stream)
        found = asking.result()
    assert (found.ok, found.failures) == (good, 1 - good)


def test_each_text_has_its_own_vector_where_the_models_name_says_how_long(upstream: Upstream) -> None:
    found = {(model, text): vector(upstream, model, text) for model in ("bench-1", "bench-384") for text in ("one", "two")}
    assert found["bench-1", "one"] == found["bench-1", "two"]
    assert found["bench-384", "one"] != found["bench-384", "two"]
    assert found["bench-384", "one"] == vector(upstream, "bench-384", ["one"])
    assert {len(each) for each in found.values()} == {64, 384}


def vector(upstream: Upstream, model: str, text: str | list[str]) -> list[float]:
    """What the provider says of a text."""
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=5)
    try:
        connection.request("POST", "/v1/embeddings", json.dumps({"model": model, "input": text}))
        numbers: list[float] = json.loads(connection.getresponse().read())["data"][0]["embedding"]
        return numbers
    finally:
        connection.close()


def test_a_generator_without_a_result_is_an_error() -> None:
    with pytest.raises(BenchError, match="no result"):
        decode(b"")


def test_one_case_runs_from_the_command_line_to_the_table(need: Callable[[str], str], tmp_path: Path) -> None:
    need("gcc")
    kept = tmp_path / "result.json"
    argv = [sys.executable, "-m", "bench", "--quick", "--subject", "direct", "--only", "concurrent", "--json", str(kept)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "1,000 calls at once: not answered [S15]" in done.stdout
    assert load_report(kept).outcomes[0].figures["concurrent_lost"] == 0

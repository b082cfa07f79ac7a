"""Figures: what is counted, how it is written, how workers add up."""

import asyncio
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from prosa.drivers.telemetry import LoopSampler, Metrics, RequestRecord, SharedMetrics, host_figures, process_figures
from prosa.drivers.telemetry.families import Counter, Gauge, Histogram


@dataclass
class Tokens:
    prompt_tokens: int = 7
    completion_tokens: int = 3


@dataclass
class Call:
    kind: str = "chat"
    model: str = "gpt-x"
    provider: str = "openai"
    status: str = "ok"
    usage: Tokens | None = None
    first_byte_seconds: float | None = 0.2
    fault_code: str | None = None


SAMPLE = re.compile(r'[a-z_0-9]+(\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (-?[0-9.e+-]+|\+Inf)')


def samples(metrics: Metrics) -> dict[str, float]:
    text = metrics.render().decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert text.endswith("\n") and all(SAMPLE.fullmatch(line) for line in lines)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


@pytest.mark.contract("B07")
def test_requests_calls_and_tokens_are_counted() -> None:
    metrics = Metrics("1.2.3", ["gpt-x"])
    metrics.observe(RequestRecord("r", "POST", "/v1/chat/completions", 200, 0.03, 0.02, bytes_out=500, dialect="openai"))
    metrics.observe(RequestRecord("r", "POST", "/v1/chat/completions", 200, 700.0, dialect="openai"))
    metrics.call_settled(Call(usage=Tokens()))
    metrics.call_settled(Call(status="failed", fault_code="upstream_timeout", first_byte_seconds=None))
    found = samples(metrics)
    assert found['prosa_requests_total{dialect="openai",route="/v1/chat/completions",status="200"}'] == 2
    assert found['prosa_request_seconds_bucket{dialect="openai",le="0.025"}'] == 0
    assert found['prosa_request_seconds_bucket{dialect="openai",le="0.05"}'] == 1
    assert found['prosa_request_seconds_bucket{dialect="openai",le="300"}'] == 1
    assert found['prosa_request_seconds_bucket{dialect="openai",le="+Inf"}'] == 2
    assert found['prosa_request_seconds_count{dialect="openai"}'] == 2
    assert found['prosa_request_seconds_sum{dialect="openai"}'] == 700.03
    assert found['prosa_first_byte_seconds_count{dialect="openai"}'] == 1
    assert found['prosa_answer_bytes_total{dialect="openai"}'] == 500
    assert found['prosa_upstream_calls_total{provider="openai",kind="chat",status="failed"}'] == 1
    assert found['prosa_upstream_errors_total{provider="openai",kind="upstream_timeout"}'] == 1
    assert found['prosa_tokens_total{model="gpt-x",direction="in"}'] == 7
    assert found['prosa_tokens_total{model="gpt-x",direction="out"}'] == 3
    assert found['prosa_build_info{version="1.2.3"}'] == 1


@pytest.mark.contract("A43", "A42", "C37", "C45")
def test_cpu_and_memory_of_process_and_host_are_told() -> None:
    found = samples(Metrics())
    own = f'{{pid="{os.getpid()}"}}'
    assert found["process_resident_memory_bytes" + own] > 1e6 and found["process_cpu_seconds_total" + own] > 0
    assert found["process_open_fds" + own] > 0
    assert found["host_memory_bytes"] > found["host_memory_available_bytes"] > 0
    assert found['host_cpu_seconds_total{mode="busy"}'] > 0 and found["host_cpus"] >= 1 and "host_load1" in found
    own_figures, host = process_figures(), host_figures()
    assert own_figures is not None and own_figures.pid == os.getpid() and host is not None
    assert process_figures(2**22 + 1) is None


@pytest.mark.attack("M5", "J9")
def test_labels_are_escaped_and_few() -> None:
    metrics = Metrics()
    hostile = 'a"b\\c\nd\x1b[31m\ud800' + "x" * 500
    metrics.calls.add((hostile, "chat", "ok"))
    text = metrics.render().decode()
    assert r'provider="a\"b\\c\nd?[31m?' in text and max(map(len, text.splitlines())) < 300
    for number in range(5000):
        metrics.call_settled(Call(model=f"made-up-{number}", usage=Tokens()))
        metrics.calls.add((f"p{number}", "chat", "ok"))
    found = samples(metrics)
    assert sum(name.startswith("prosa_tokens_total") for name in found) <= 2 * 201
    assert found['prosa_tokens_total{model="other",direction="in"}'] == 7 * 4800
    assert sum(name.startswith("prosa_upstream_calls_total") for name in found) <= 2001


def test_families_of_another_form_are_left_out_when_adding_up() -> None:
    histogram, counter = Histogram("h_seconds", "h", (1.0,), ("a",)), Counter("c_total", "c\nd\\")
    histogram.observe(0.5, ("x",))
    histogram.merge({("x",): [1.0, 2.0], ("x", "y"): [1.0, 1.0, 1.0]})
    histogram.merge({("x",): [1.0, 0.0, 0.5]})
    assert histogram.values == {("x",): [2.0, 0.0, 1.0]}
    assert list(counter.lines()) == []
    counter.add()
    assert list(counter.lines()) == ["# HELP c_total c\\nd\\\\", "# TYPE c_total counter", "c_total 1"]
    gauge = Gauge("g", "g")
    gauge.set(2.5)
    gauge.add(-1)
    assert list(gauge.lines())[-1] == "g 1.5"


def test_workers_add_up_and_a_dead_ones_counts_stay(tmp_path: Path) -> None:
    one, two = Metrics(), Metrics()
    first, second = SharedMetrics(tmp_path / "run", 1, one), SharedMetrics(tmp_path / "run", 2, two)
    for metrics, calls in ((one, 3), (two, 4)):
        metrics.requests.add(("openai", "/", "200"), calls)
        metrics.streams.add(1)
    first.write()
    second.write()
    name = 'prosa_requests_total{dialect="openai",route="/",status="200"} 7'
    assert name in one.render(first.others()).decode() and name in two.render(second.others()).decode()

    again = Metrics()
    third = SharedMetrics(tmp_path / "run", 2, again)
    again.requests.add(("openai", "/", "200"))
    third.write()
    text = one.render(first.others()).decode()
    assert 'prosa_requests_total{dialect="openai",route="/",status="200"} 8' in text
    assert "prosa_streams_open 1" in text

    SharedMetrics.clear(tmp_path / "run")
    assert first.others() == [] and list((tmp_path / "run").iterdir()) == []


def test_figures_of_a_dead_process_count_but_what_it_held_open_doesnt(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from prosa.drivers.telemetry import *; m = Metrics();"
        "m.streams.add(5); m.requests.add(('openai', '/', '200'), 5); SharedMetrics(Path(sys.argv[1]), 7, m).write()"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=30)
    own = Metrics()
    text = own.render(SharedMetrics(tmp_path, 1, own).others()).decode()
    assert 'status="200"} 5' in text and "prosa_streams_open" not in text
    assert text.count("process_resident_memory_bytes{") == 1


def test_broken_or_unwritable_snapshots_hurt_nobody(tmp_path: Path) -> None:
    (tmp_path / "metrics-2.msgpack").write_bytes(b"\xc1 garbage")
    own = Metrics()
    own.requests.add(("a", "/", "200"))
    shared = SharedMetrics(tmp_path, 1, own)
    assert shared.others() == []
    blocked = tmp_path / "file"
    blocked.write_text("")
    SharedMetrics(blocked, 1, own).write()


def test_nothing_new_is_not_written_again(tmp_path: Path) -> None:
    own = Metrics()
    own.requests.add(("a", "/", "200"))
    shared = SharedMetrics(tmp_path, 1, own)
    shared.write()
    before = (tmp_path / "metrics-1.msgpack").stat().st_mtime_ns
    own.lag.observe(0.1)
    shared.write()
    assert (tmp_path / "metrics-1.msgpack").stat().st_mtime_ns == before


async def test_the_loops_lag_is_sampled() -> None:
    metrics, written = Metrics(), []
    sampler = LoopSampler(metrics, lambda: written.append(1), every=0.01)
    sampler.start()
    await asyncio.sleep(0.005)
    time.sleep(0.06)  # noqa: ASYNC251  # blocking the loop is the point
    await asyncio.sleep(0.03)
    sampler.stop()
    sampler.stop()
    numbers = metrics.lag.values[()]
    assert sum(numbers[:-1]) >= 2 and numbers[-1] >= 0.04 and len(written) >= 3

"""One limit over several processes."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prosa.usage import LimiterUnavailable, SharedLimiter
from tests.usage.test_gcra import Clock

WORKER = """
import sys
from pathlib import Path
from prosa.usage import SharedLimiter

class Still:
    def now(self): return 5000.0
    def monotonic(self): return 5000.0

limiter = SharedLimiter(Path(sys.argv[1]), Still())
print("ready", flush=True)
sys.stdin.readline()
print(sum(limiter.take("b:198.51.100.7", 60).allowed for _ in range(100)), flush=True)
"""


@pytest.mark.contract("B51")
@pytest.mark.attack("J4")
def test_four_processes_let_sixty_pass_and_never_one_more(tmp_path: Path) -> None:
    path = tmp_path / "run" / "limits"
    command = [sys.executable, "-c", WORKER, str(path)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for worker in workers:
            assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        passed = [int(worker.communicate(timeout=30)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert sum(passed) == 60


def test_two_openings_in_one_process_see_one_count(tmp_path: Path) -> None:
    clock = Clock()
    one, two = SharedLimiter(tmp_path / "limits", clock), SharedLimiter(tmp_path / "limits", clock)
    assert [limiter.take("b", 3).remaining for limiter in (one, two, one)] == [2, 1, 0]
    refused = two.take("b", 3)
    assert not refused.allowed and refused.retry_after == 20.0
    assert two.take("another", 3).allowed
    one.close()
    two.close()


def test_buckets_of_a_full_set_give_way_and_every_bucket_counts_for_itself(tmp_path: Path) -> None:
    clock = Clock()
    limiter = SharedLimiter(tmp_path / "limits", clock)
    for number in range(20_000):
        assert limiter.take(f"b{number}", 10).remaining == 9
    assert [limiter.take("b19999", 10).remaining for _ in range(2)] == [8, 7]
    limiter.close()


def test_times_of_another_boot_dont_keep_a_bucket_full(tmp_path: Path) -> None:
    clock = Clock()
    clock.time = 1e6
    limiter = SharedLimiter(tmp_path / "limits", clock)
    for _ in range(61):
        limiter.take("b", 60)
    clock.time = 5.0
    assert limiter.take("b", 60).remaining == 59
    limiter.close()


def test_nobody_else_counts_in_it(tmp_path: Path) -> None:
    SharedLimiter(tmp_path / "limits", Clock()).close()
    assert stat.S_IMODE((tmp_path / "limits").stat().st_mode) == 0o600


def test_a_removed_file_is_made_anew(tmp_path: Path) -> None:
    limiter = SharedLimiter(tmp_path / "limits", Clock())
    limiter.take("b", 60)
    (tmp_path / "limits").unlink()
    assert limiter.take("b", 60).allowed
    assert (tmp_path / "limits").exists()
    limiter.close()


def test_it_fails_closed_when_the_file_cant_be_used(tmp_path: Path) -> None:
    path = tmp_path / "limits"
    limiter = SharedLimiter(path, Clock())
    os.truncate(path, 100)
    with pytest.raises(LimiterUnavailable):
        limiter.take("b", 60)
    limiter.close()
    with pytest.raises(LimiterUnavailable):
        SharedLimiter(tmp_path, Clock())


def test_a_file_of_another_form_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "limits"
    path.write_bytes(b"something else")
    limiter = SharedLimiter(path, Clock())
    assert limiter.take("b", 60).allowed
    limiter.close()


HOLDER = """
import fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.mark.attack("J13")
def test_a_process_that_sits_on_the_lock_stops_calls_but_not_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "limits"
    limiter = SharedLimiter(path, Clock())
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdin is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(LimiterUnavailable):
            limiter.take("b", 60)
        began = time.monotonic()
        with pytest.raises(LimiterUnavailable):
            limiter.take("b", 60)
        assert time.monotonic() - began < 0.1  # everybody else's requests would have waited with the second one
        holder.kill()  # the kernel gives the lock back
        holder.wait()
        assert limiter.take("b", 60).remaining == 59
    limiter.close()


def test_a_closed_one_opens_again_when_it_is_asked(tmp_path: Path) -> None:
    limiter = SharedLimiter(tmp_path / "limits", Clock())
    limiter.close()
    assert limiter.take("b", 60).allowed and limiter.take("b", 0).limit == 0
    limiter.close()

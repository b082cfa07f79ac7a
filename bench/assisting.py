"""Assistants' runs: what a thread's message, its run, the run's steps and fifty pieces cost beside the plain relay."""

import http.client
import threading
import time
from itertools import repeat
from typing import Final

import msgspec

from bench.answering import BURST, PACED, in_turn, served
from bench.cases import Case
from bench.compile import BenchError
from bench.databases import here
from bench.inside import median
from bench.measures import Figures
from bench.processes import busy_seconds
from bench.stage import SETTLE_SECONDS, Stage

GROUP: Final = "assistants"  # all of them by one word
AT_ONCE: Final = "/threads/runs"
AT_THE_SAME_TIME: Final = 32
PIECES: Final = 50
PROMPT: Final = f"Tell me something. @bench chunks={PIECES} size=200 id=000000;"
_DELTA: Final = b'"thread.message.delta"'


def runs(stage: Stage) -> Figures:
    """CPU of a run beyond that of the relay, in turn: thread and run in one request, paced and in bursts; and message, run and
    steps in three."""
    figures: Figures = {}
    for kind in here():
        with served(stage, kind) as (own, made):
            assistant = _made(own)
            options = ("--assistant", assistant)
            own.judge(own.load.run(own.aim, *options, *BURST, "--requests", "300", path=AT_ONCE), "warm-up of assistants")
            for name, pace in (("assistant", PACED), ("assistant_burst", BURST)):
                told = in_turn(own, made, (AT_ONCE, options), pace)
                figures[f"{kind}_{name}_relay_ms"] = median([relay for relay, _, _ in told])
                figures[f"{kind}_{name}_ms"] = median([run - relay for relay, run, _ in told])
                if made.server is not None:
                    figures[f"{kind}_{name}_server_ms"] = median([server for _, _, server in told])
            relay = figures[f"{kind}_assistant_burst_relay_ms"]
            three = [_in_three(own, assistant) for _ in range(own.sizes.rounds)]
            figures[f"{kind}_assistant_three_ms"] = median(three) - relay
    return figures


ASSISTING: dict[str, Case] = {"assistant-runs": runs}


class _Id(msgspec.Struct):
    id: str


_id: Final = msgspec.json.Decoder(_Id).decode


def _made(own: Stage) -> str:
    body = {"model": own.aim.model, "instructions": "You are a helpful assistant.", "temperature": 0.7}
    connection = http.client.HTTPConnection("127.0.0.1", own.site.port, timeout=30)
    try:
        return _id(_asked(connection, own, "/assistants", body)).id
    finally:
        connection.close()


def _in_three(own: Stage, assistant: str) -> float:
    """Milliseconds of the server's CPU for a message, a streamed run and a look at its steps, in threads that are there."""
    assert own.server is not None
    problems: list[BaseException] = []
    done: list[None] = []
    until = time.monotonic() + own.sizes.seconds
    ready = threading.Barrier(AT_THE_SAME_TIME + 1)
    workers = [
        threading.Thread(target=_client, args=(own, assistant, ready, until, done, problems)) for _ in range(AT_THE_SAME_TIME)
    ]
    for worker in workers:
        worker.start()
    ready.wait(30)
    before = busy_seconds(own.server.pid)
    for worker in workers:
        worker.join()
    time.sleep(SETTLE_SECONDS)
    if problems or not done:
        raise BenchError(f"message, run and steps: {problems[:1]!r}")
    return (busy_seconds(own.server.pid) - before) / len(done) * 1000


def _client(
    own: Stage, assistant: str, ready: threading.Barrier, until: float, done: list[None], problems: list[BaseException]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", own.site.port, timeout=30)
    try:
        # A thread for each ten runs: what is heard again grows, as it does in earnest.
        threads = [_id(_asked(connection, own, "/threads", {})).id for _ in range(4)]
        ready.wait(30)
        for thread in (each for whole in repeat(threads) for each in whole):
            _asked(connection, own, f"/threads/{thread}/messages", {"role": "user", "content": PROMPT})
            told = _asked(connection, own, f"/threads/{thread}/runs", {"assistant_id": assistant, "stream": True})
            if told.count(_DELTA) != PIECES or not told.endswith(b"data: [DONE]\n\n"):
                raise BenchError(f"a run's stream was incomplete: {told[-300:]!r}")
            run = _id(told[told.index(b"data: ") + 6 : told.index(b"\n\n")]).id
            steps = _asked(connection, own, f"/threads/{thread}/runs/{run}/steps")
            if steps.count(b'"thread.run.step"') != 1:
                raise BenchError(f"a run's steps were wrong: {steps[:300]!r}")
            done.append(None)
            if time.monotonic() > until:
                return
    except (OSError, http.client.HTTPException, threading.BrokenBarrierError, BenchError) as error:
        problems.append(error)
    finally:
        connection.close()


def _asked(connection: http.client.HTTPConnection, own: Stage, path: str, body: object = None) -> bytes:
    headers = {"content-type": "application/json", "authorization": f"Bearer {own.aim.key}"}
    told = None if body is None else msgspec.json.encode(body)
    connection.request("GET" if body is None else "POST", own.aim.prefix + path, told, headers)
    answer = connection.getresponse()
    found = answer.read()
    if answer.status != 200:
        raise BenchError(f"{path}: {answer.status} {found[:200]!r}")
    return found

"""Two hundred sign-ins at once: what those who call models meanwhile notice of them."""

import json
import selectors
import socket
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from bench.compile import BenchError
from bench.inside import median
from bench.lodging import inhabited
from bench.measures import Figures
from bench.seeding import PASSWORD, Person
from bench.stage import Stage

LONGEST = 120.0  # seconds for all sign-ins of a round
ALONE = 5.0  # seconds of the others' calls without sign-ins
HEAD_START = 0.5  # … and of them before the sign-ins come
SHARE = 0.25  # of the rate that a closed loop reached: the others' calls leave room, as they do in earnest
PROMPTS: dict[str, tuple[str, ...]] = {"sign_in": (), "sign_in_slow": ("--prompt", "first=200")}
_SIGN_IN = "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: application/json"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How many sign-ins were good, and how long all of them took, in seconds."""

    good: int
    seconds: float


def sign_ins(stage: Stage) -> Figures:
    """Plain calls at a fixed rate, alone and beside the sign-ins, in turn; half of them wait 0.2 s for their provider."""
    with inhabited(stage, stage.sizes.sign_ins) as (own, crowd):
        rate = own.load.run(own.aim, "--connections", "32", "--seconds", "1").rate * SHARE
        lost = _lost(crowd.people, signed_in(own.site.port, crowd.people))  # also loads what the first one needs
        window = max(ALONE, signed_in(own.site.port, crowd.people).seconds)
        told: dict[str, list[float]] = {}
        with ThreadPoolExecutor(3) as threads:
            for _ in range(stage.sizes.rounds):
                _add(told, "alone", _calls(own, threads, rate / 2, ALONE))
                signing = threads.submit(_signed_in_later, own.site.port, crowd.people)
                _add(told, "beside", _calls(own, threads, rate / 2, window + HEAD_START))
                lost += _lost(crowd.people, signing.result())
    figures: Figures = {"sign_in_seconds": window, "sign_in_rate": rate, "sign_in_lost": lost}
    for name in PROMPTS:
        alone, beside = told[f"{name}_alone"], told[f"{name}_beside"]
        figures |= {f"{name}_alone_p99_ms": median(alone), f"{name}_p99_ms": median(beside)}
        figures[f"{name}_ratio"] = median([with_ / without for with_, without in zip(beside, alone, strict=True)])
    return figures


def _calls(stage: Stage, threads: Executor, rate: float, seconds: float) -> dict[str, float]:
    """p99 in milliseconds of calls of both kinds, made side by side."""
    options = ("--connections", "256", "--rate", f"{rate:.0f}", "--seconds", f"{seconds:.1f}")
    runs = {name: threads.submit(stage.load.run, stage.aim, *options, *prompt) for name, prompt in PROMPTS.items()}
    for name, run in runs.items():
        stage.judge(run.result(), f"{name}, beside sign-ins")
    return {name: run.result().latency.p99 for name, run in runs.items()}


def _signed_in_later(port: int, people: Sequence[Person]) -> SignedIn:
    time.sleep(HEAD_START)  # else the calls' own connections would stand in the line behind the others
    return signed_in(port, people)


def _add(told: dict[str, list[float]], when: str, figures: dict[str, float]) -> None:
    for name, value in figures.items():
        told.setdefault(f"{name}_{when}", []).append(value)


def _lost(people: Sequence[Person], found: SignedIn) -> int:
    return len(people) - found.good


def signed_in(port: int, people: Sequence[Person]) -> SignedIn:
    """Everybody signs in at once, each over a connection of their own; the one who waits for all of them mostly sleeps."""
    began = time.monotonic()
    answers: dict[socket.socket, bytes] = {}
    good = 0
    with selectors.DefaultSelector() as selector:
        for person in people:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(_request(port, person))
            answers[connection] = b""
            selector.register(connection, selectors.EVENT_READ)
        while answers:
            if time.monotonic() > began + LONGEST:
                raise BenchError(f"{len(answers)} sign-ins were not answered within {LONGEST:.0f} s")
            for key, _ in selector.select(1.0):
                asked = key.fileobj
                assert isinstance(asked, socket.socket)
                data = asked.recv(65536)
                answers[asked] += data
                if not data:
                    selector.unregister(asked)
                    asked.close()
                    good += answers.pop(asked).startswith(b"HTTP/1.1 200")
    return SignedIn(good, time.monotonic() - began)


def _request(port: int, person: Person) -> bytes:
    body = json.dumps({"login": person.email, "password": PASSWORD})
    return f"{_SIGN_IN.format(port=port)}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()

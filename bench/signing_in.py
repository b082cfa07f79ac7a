"""Two hundred sign-ins at once: what those who call models meanwhile notice of them."""

import json
import selectors
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.compile import BenchError
from bench.inside import median
from bench.load import Found
from bench.lodging import inhabited
from bench.measures import Figures
from bench.seeding import PASSWORD, Person
from bench.stage import Stage

LONGEST = 120.0  # seconds for all sign-ins of a round
SHARE = 0.25  # of the rate that a closed loop reached: the others' calls leave room, as they do in earnest
THINKING = "first=200"  # a provider's milliseconds before its first byte
_SIGN_IN = "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: application/json"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How many sign-ins were good, and how long all of them took, in seconds."""

    good: int
    seconds: float


def sign_ins(stage: Stage) -> Figures:
    """Plain calls at a fixed rate, alone and beside the sign-ins, in turn; the provider answers at once, then after 0.2 s."""
    count, figures = stage.sizes.sign_ins, Figures()
    with inhabited(stage, count) as (own, crowd):
        reached = own.load.run(own.aim, "--connections", "32", "--seconds", "1").rate
        first = signed_in(own.site.port, crowd.people)  # also loads what the first one needs
        window = max(3.0, signed_in(own.site.port, crowd.people).seconds)
        options = ("--connections", "256", "--rate", f"{reached * SHARE:.0f}", "--seconds", f"{window:.1f}")
        for name, prompt in (("sign_in", ()), ("sign_in_slow", ("--prompt", THINKING))):
            alone, beside = [], []
            for _ in range(stage.sizes.rounds):
                alone.append(_judged(own, own.load.run(own.aim, *options, *prompt)).latency.p99)
                with ThreadPoolExecutor(1) as thread:
                    signing = thread.submit(signed_in, own.site.port, crowd.people)
                    beside.append(_judged(own, own.load.run(own.aim, *options, *prompt)).latency.p99)
                    lost = count - signing.result().good
                figures["sign_in_lost"] = figures.get("sign_in_lost", count - first.good) + lost
            figures |= {f"{name}_p99_ms": median(beside), f"{name}_alone_p99_ms": median(alone)}
            figures[f"{name}_ratio"] = median([with_ / without for with_, without in zip(beside, alone, strict=True)])
    return figures | {"sign_in_seconds": window, "sign_in_rate": reached * SHARE}


def _judged(stage: Stage, found: Found) -> Found:
    stage.judge(found, "beside sign-ins")
    return found


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

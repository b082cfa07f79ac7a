"""`Idempotency-Key` across `kill -9` of the real server: what was told is told again, what was begun is ended once."""

import http.client
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.api.openai.stored import QUIET, chunks, said
from tests.boot.process import Process, started
from tests.databases import KINDS, an_address, environment

PATH = "/v1/chat/completions"
TEXT = "um burro verde canta muito bem de noite e de dia"
LEASE = {"PROSA_RUN_LEASE_SECONDS": "3"}


def call(**fields: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": "Olá!"}]
    return {"model": "mock", "messages": asked, "mock": {"text": TEXT, "delay": 0.15}} | fields


def begun(process: Process, body: object, key: str, most: int) -> bytes:
    """The first bytes of a streamed answer; then the server is killed."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=20)
    try:
        connection.request("POST", PATH, json.dumps(body), headers(key))
        answer = connection.getresponse()
        found = b""
        while len(found) < most and (more := answer.read1(4096)):
            found += more
    finally:
        os.kill(process.pid, signal.SIGKILL)
        connection.close()
    process.popen.wait(20)
    return found


def headers(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key}


def asked(process: Process, method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict[str, str], bytes]:
    """The answer, once no other attempt is under way any more."""
    for _ in range(150):
        connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers(key) if key else {})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 409:
            return answer.status, dict(answer.getheaders()), content
        assert answer.getheader("Retry-After")
        time.sleep(0.1)
    raise AssertionError


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_stream_goes_on_after_a_crash_and_its_repetition_is_all_of_it(kind: str, tmp_path: Path) -> None:
    body = call(store=True, stream=True)
    with an_address(kind) as address:
        env = environment(address) | QUIET | LEASE
        with started(tmp_path, **env) as process:
            before = begun(process, body, "one", 1500)
        with started(tmp_path, **env) as process:
            status, _, after = asked(process, "POST", PATH, body, "one")
            assert status == 200 and after.startswith(before[: before.rindex(b"\n\n")])
            found = chunks(after.decode())
            assert said(found) == TEXT or "error" in found[-1]
            assert asked(process, "POST", PATH, body, "one")[2] == after
            page = json.loads(asked(process, "GET", PATH)[2])
            assert [one["id"] for one in page["data"]] == [found[0]["id"]]
            assert asked(process, "POST", PATH, body | {"temperature": 1}, "one")[0] == 422


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_told_before_a_crash_is_told_again_and_what_was_not_is_asked_anew(kind: str, tmp_path: Path) -> None:
    with an_address(kind) as address:
        env = environment(address) | QUIET | LEASE
        with started(tmp_path, **env) as process:
            told = asked(process, "POST", PATH, call(), "told")
            whole = asked(process, "POST", PATH, call(stream=True), "streamed")
            before = begun(process, call(stream=True), "begun", 1000)
        with started(tmp_path, **env) as process:
            again = asked(process, "POST", PATH, call(), "told")
            assert again[2] == told[2] and "idempotent-replayed" in again[1]
            assert asked(process, "POST", PATH, call(stream=True), "streamed")[2] == whole[2]
            anew = asked(process, "POST", PATH, call(stream=True), "begun")
            assert "idempotent-replayed" not in anew[1]
            assert said(chunks(anew[2].decode())) == TEXT and TEXT not in before.decode()
            assert asked(process, "POST", PATH, call(stream=True), "begun")[2] == anew[2]
            process.stop()
        with started(tmp_path, **env) as process:
            assert asked(process, "POST", PATH, call(), "told")[2] == told[2]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_workers_that_share_a_database_do_it_once(kind: str, tmp_path: Path) -> None:
    short = {"PROSA_RUN_LEASE_SECONDS": "1"}  # less than an answer takes
    with an_address(kind) as address, started(tmp_path, "--workers", "3", **environment(address) | QUIET | short) as process:
        for fields in ({"store": True}, {"stream": True}, {"store": True, "stream": True}):
            key = json.dumps(fields)
            with ThreadPoolExecutor(24) as pool:
                found = list(pool.map(partial(asked, process, "POST", PATH, key=key), [call(**fields)] * 24))
            assert {status for status, _, _ in found} == {200}
            assert len({content for _, _, content in found}) == 1
        page = json.loads(asked(process, "GET", PATH)[2])
        assert len(page["data"]) == 2


@pytest.mark.slow
def test_what_a_killed_worker_held_is_done_by_another_when_its_lease_is_over(tmp_path: Path) -> None:
    with (
        an_address("sqlite") as address,
        started(tmp_path, "--workers", "2", **environment(address) | QUIET | {"PROSA_RUN_LEASE_SECONDS": "2"}) as process,
    ):
        body = call(stream=True, mock={"text": TEXT, "delay": 0.5})
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(lambda: raises(process, body))
            time.sleep(1.0)
            for worker in process.children():
                os.kill(worker, signal.SIGKILL)
            assert first.result()
        status, _, content = asked(process, "POST", PATH, body, "held")
        assert status == 200 and said(chunks(content.decode())) == TEXT


def raises(process: Process, body: object) -> bool:
    """Whether the connection breaks off."""
    try:
        asked(process, "POST", PATH, body, "held")
    except (OSError, http.client.HTTPException):
        return True
    return False

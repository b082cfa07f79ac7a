"""Logs: one line an event, no secret in it, nothing that breaks out of it."""

import io
import json
import logging
from asyncio import CancelledError
from collections.abc import Iterator

import pytest
import structlog

from prosa.drivers.telemetry import AccessLog, RequestRecord, configure_logs


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("prosa")
    handlers, level, raising = root.handlers, root.level, logging.raiseExceptions
    yield
    root.handlers, root.level, logging.raiseExceptions = handlers, level, raising
    ours.setLevel(logging.NOTSET)
    structlog.reset_defaults()


def written(form: str = "json", level: str = "info", secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    configure_logs(level, form, stream, secrets)
    return stream


@pytest.mark.contract("B31", "A32", "C50")
def test_both_kinds_of_logger_write_one_json_line_an_event() -> None:
    stream = written()
    structlog.get_logger("prosa.boot").info("started", port=3000)
    logging.getLogger("prosa.edge").warning("request %s failed", "req_1")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["port"], first["level"], first["logger"]) == ("started", 3000, "info", "prosa.boot")
    assert (second["event"], second["level"]) == ("request req_1 failed", "warning")
    assert first["time"].endswith("Z")


def test_the_level_holds_for_both() -> None:
    stream = written(level="error")
    structlog.get_logger("prosa.a").warning("no")
    logging.getLogger("prosa.b").warning("no")
    assert stream.getvalue() == ""


@pytest.mark.attack("M4")
def test_libraries_tell_only_what_is_wrong_at_any_level() -> None:
    stream = written(level="debug")
    logging.getLogger("aiosqlite").debug("executing INSERT, %s", ("what a person wrote",))
    logging.getLogger("sqlalchemy.engine").info("what a person wrote")
    logging.getLogger("prosa.a").debug("ours")
    logging.getLogger("asyncio").warning("theirs")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["ours", "theirs"]


@pytest.mark.attack("M4", "M3")
@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_and_what_looks_like_one_are_blotted_out(form: str) -> None:
    stream = written(form, secrets=("canary-secret",))
    logger = structlog.get_logger("prosa.a")
    logger.info("with canary-secret inside", key="canary-secret", header="Bearer abcdefghijkl", other="sk-abcdefghijklmnopqrst")
    logging.getLogger("b").error("raised %s", ValueError("canary-secret"))
    try:
        raise ValueError("canary-secret")
    except ValueError:
        logging.getLogger("c").exception("failed")
    text = stream.getvalue()
    assert "canary" not in text
    assert "abcdefghijkl" not in text
    assert "ValueError" in text


@pytest.mark.attack("M4")
@pytest.mark.parametrize("form", ["json", "console"])
def test_of_an_exception_its_class_and_place_are_told_and_none_of_its_words(form: str) -> None:
    stream = written(form)
    try:
        raise ValueError("what a person wrote")
    except ValueError as error:
        logging.getLogger("prosa.a").exception("failed")
        structlog.get_logger("prosa.b").error("failed too", exc_info=error)
    text = stream.getvalue()
    assert "wrote" not in text and text.count("ValueError") == 2 and text.count("test_logs.py:") == 2


@pytest.mark.attack("M5", "C1")
@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_breaks_out_of_its_line_and_nothing_is_endless(form: str) -> None:
    stream = written(form)
    structlog.get_logger("prosa.a").info("x\n{} \x1b[2J\u2028", value="y" * 1_000_000)
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert "\x1b[2J" not in text
    assert "\u2028" not in text
    assert len(text) < 5000


def test_an_answer_cut_off_by_the_stop_is_no_error() -> None:
    stream = written()
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=CancelledError())
    assert stream.getvalue() == ""


def record(**fields: object) -> RequestRecord:
    made = RequestRecord("req_1", "POST", "/v1/chat/completions", 200, 0.0123)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.mark.contract("B31")
def test_a_request_is_one_line_with_id_key_model_status_times_and_tokens() -> None:
    stream = io.StringIO()
    log = AccessLog(stream, "json")
    log.start()
    log(
        record(
            key_id="settings-1",
            model="m",
            provider="p",
            prompt_tokens=3,
            completion_tokens=4,
            estimated=True,
            first_byte_seconds=0.001,
        )
    )
    log.close()
    line = json.loads(stream.getvalue())
    expected = {"request_id": "req_1", "key": "settings-1", "model": "m", "status": 200, "ms": 12.3, "first_byte_ms": 1.0}
    assert {name: line[name] for name in expected} == expected
    assert (line["prompt_tokens"], line["completion_tokens"], line["estimated"]) == (3, 4, True)


@pytest.mark.attack("M5")
@pytest.mark.parametrize("form", ["json", "console"])
def test_what_a_caller_wrote_stays_on_one_line_of_bounded_length(form: str) -> None:
    stream = io.StringIO()
    log = AccessLog(stream, form)
    log(record(model="a\nb\x1b[2J", trace_id="t" * 100_000, provider="p", prompt_tokens=1, completion_tokens=1, fault="f"))
    log.close()
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert len(text) < 1500


@pytest.mark.attack("J11")
def test_a_flood_of_refused_requests_becomes_a_number() -> None:
    stream = io.StringIO()
    log = AccessLog(stream, "json")
    for _ in range(5000):
        log(record(status=401))
    log.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 201
    assert json.loads(lines[-1]) == {"event": "more refused requests", "count": 4800}


def test_records_beyond_the_bound_are_dropped_and_counted() -> None:
    log = AccessLog(io.StringIO(), "json")
    for _ in range(10_005):
        log(record())
    assert log.take_dropped() == 5
    assert log.take_dropped() == 0
    log.close()


def test_a_broken_pipe_costs_lines_and_nothing_else() -> None:
    stream = io.StringIO()
    log = AccessLog(stream, "json")
    stream.close()
    log(record())
    log.close()
    assert log.take_dropped() == 1

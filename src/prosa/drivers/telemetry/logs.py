"""Logs: one line an event, JSON or for people's eyes, never a secret, never a broken line."""

import logging
import re
import sys
import traceback
from asyncio import CancelledError
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

if TYPE_CHECKING:
    from structlog.typing import Processor

OURS = "prosa"  # the root of the names of our own loggers
LONGEST = 2000  # characters of one value
_MARKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SHAPES = re.compile(r"(?i)\b(bearer|basic) +[\w.~+/=-]{8,}|\b(?:sk|nvapi|gsk|xai|AIza)[-_]?[\w-]{16,}")
_HIDDEN = "[hidden]"

EventDict = MutableMapping[str, Any]


def configure_logs(level: str, form: str, stream: TextIO, secrets: Iterable[str] = ()) -> None:
    """Send structlog's and the standard library's events to `stream`, as "json" or "console".

    `level` is that of our own events; of libraries' events only warnings and worse are told. `secrets` are blotted out
    wherever they turn up, and so is what has the shape of a key.
    """
    import structlog  # with all that it brings along it would slow every command that logs nothing

    blot = Blot(secrets)
    renderer: Any = (
        structlog.processors.JSONRenderer(_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), pad_event_to=0, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _tell_exception,
        blot,
    ]
    handler = logging.StreamHandler(stream)
    handler.addFilter(_is_news)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    _hand_to(handler, level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _hand_to(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries tell more than they should: at "debug" a database driver logs its statements' values, which people wrote.
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    logging.getLogger(OURS).setLevel(level)
    logging.raiseExceptions = False  # a log that can't be written would print its raw arguments elsewhere


def log_form(form: str, stream: TextIO) -> str:
    """ "auto" settled: people look at a terminal, machines read everything else."""
    if form != "auto":
        return form
    return "console" if stream.isatty() else "json"


class Blot:
    """A processor of structlog: every text is bounded, on one line, and without secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: Any, _method: str, event: EventDict) -> EventDict:
        """See structlog's processors."""
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = self.text(value)
            elif not isinstance(value, (int, float, bool, type(None))) and not key.startswith("_"):
                event[key] = self.text(str(value))
        return event

    def text(self, value: str) -> str:
        """One value made fit for a line."""
        if self._known is not None:
            value = self._known.sub(_HIDDEN, value)
        value = _MARKS.sub(_escaped, _SHAPES.sub(_HIDDEN, value))
        return value if len(value) <= LONGEST else value[:LONGEST] + f"… ({len(value)} characters)"


def _escaped(mark: "re.Match[str]") -> str:
    return mark.group().encode("unicode_escape").decode("ascii")


def _tell_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception becomes its class and where it came from: its text may hold secrets or people's words."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        event["exception"] = type(error).__name__
        event["at"] = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return event


def _is_news(record: logging.LogRecord) -> bool:
    """An answer that was cut off because the server stops is no error of the application."""
    return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


def _json(event: Any, **_options: Any) -> str:
    return msgspec.json.encode(event).decode()

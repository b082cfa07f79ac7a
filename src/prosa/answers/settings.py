"""What answers are told at start: the bounds of one run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """Bounds of one answer. Bytes are of JSON; `continuations`: how often in a row one that broke off is asked for its rest."""

    steps: int = 25  # model calls in one run
    tool_calls: int = 100  # of built-in tools, whatever `max_tool_calls` says
    tool_seconds: float = 60.0  # for one call of a built-in tool
    seconds: float = 3600.0  # for one drive of the run, from its turn on
    said_bytes: int = 64 * 1024 * 1024  # of the model's streams in one drive
    items: int = 10_000  # that a model is asked with
    bytes: int = 32 * 1024 * 1024  # of items that a model is asked with, without files
    file_bytes: int = 64 * 1024 * 1024  # of files that a model is asked with
    continuations: int = 3
    breaks: int = 20  # of one drive's streams, however far each got
    action_seconds: float = 600.0  # for which the outputs of functions are waited for, as OpenAI had it
    passing: int = 4_000  # answers under way in this process that nobody stores
    memory_tokens: int = 16_000  # of what was said before, where a conversation is remembered by a summary
    titles: bool = True  # made by a model for conversations of the app
    small_model: str | None = None  # which writes titles and summaries; None: the conversation's own

"""What can be wrong with a run of the Assistants API, in the words that OpenAI had."""

from collections.abc import Sequence

from prosa.kit.errors import BadRequest, NotFound

_SHOWN = 80  # characters of an id that are repeated


class ThreadRunNotFound(NotFound):
    """There is no such run in this thread."""

    def __init__(self, shown: str, param: str | None = None) -> None:
        super().__init__(f"No run found with id '{shown[:_SHOWN]}'.", param=param)


class RunStepNotFound(NotFound):
    """There is no such step of this run."""

    def __init__(self, shown: str, param: str | None = None) -> None:
        super().__init__(f"No run step found with id '{shown[:_SHOWN]}'.", param=param)


class RunActive(BadRequest):
    """A run is at work in the thread, and another one can't begin there."""

    code = "thread_run_active"

    def __init__(self, thread: str, run: str) -> None:
        super().__init__(f"Thread {thread[:_SHOWN]} already has an active run {run}.")


class RunNotCancellable(BadRequest):
    """The run has ended."""

    code = "run_not_cancellable"

    def __init__(self, status: str) -> None:
        super().__init__(f"Cannot cancel run with status '{status}'.")


class OutputsNotAwaited(BadRequest):
    """The run doesn't wait for outputs of functions, or no more."""

    code = "tool_outputs_not_awaited"

    def __init__(self, status: str) -> None:
        super().__init__(f'Runs in status "{status}" do not accept tool outputs.')


class OutputsUnfit(BadRequest):
    """Not all the calls that the run waits for were answered, or others, or one twice."""

    code = "tool_outputs_unfit"

    def __init__(self, expected: Sequence[str], got: Sequence[str]) -> None:
        super().__init__(f"Expected tool outputs for call_ids {_some(expected)}, got {_some(got)}", param="tool_outputs")


class NothingSaid(BadRequest):
    """The thread is empty, and nothing tells the model what to do."""

    code = "thread_empty"

    def __init__(self, thread: str) -> None:
        super().__init__(f"Thread {thread[:_SHOWN]} has no messages, and the run no instructions.")


def _some(ids: Sequence[str]) -> list[str]:
    return [id[:_SHOWN] for id in ids[:128]]

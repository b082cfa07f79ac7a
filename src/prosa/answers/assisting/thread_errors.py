"""What can be wrong with a thread and its messages, in the words that OpenAI had."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError

_SHOWN = 80  # characters of an id that are repeated


class ThreadNotFound(NotFound):
    """There is no such thread in this space."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"No thread found with id '{shown[:_SHOWN]}'.")


class MessageNotFound(NotFound):
    """There is no such message in this thread."""

    def __init__(self, shown: str, param: str | None = None) -> None:
        super().__init__(f"No message found with id '{shown[:_SHOWN]}'.", param=param)


class AttachedFileNotFound(NotFound):
    """A message or a thread names a file that isn't there."""

    def __init__(self, shown: str, param: str) -> None:
        super().__init__(f"No file found with id '{shown[:_SHOWN]}'.", param=param)


class ThreadLocked(BadRequest):
    """A run is at work in the thread: nothing is added to it until that has ended."""

    code = "thread_locked"

    def __init__(self, thread: str, run: str) -> None:
        super().__init__(f"Can't add messages to {thread[:_SHOWN]} while a run {run} is active.")


class AttachedStoreNotFound(NotFound):
    """A thread names a vector store that can't be one."""

    def __init__(self, shown: str, param: str) -> None:
        super().__init__(f"No vector store found with id '{shown[:_SHOWN]}'.", param=param)


class ThreadChanging(ProsaError):
    """Others change what its tools get faster than this request can."""

    code = "conversation_busy"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, shown: str) -> None:
        super().__init__(f"The thread {shown[:_SHOWN]} is being changed by others; try again.", retry_after=1.0)

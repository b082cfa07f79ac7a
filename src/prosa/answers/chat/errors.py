"""What can be wrong with a stored chat completion."""

from prosa.kit.errors import NotFound, ProsaError


class CompletionNotFound(NotFound):
    """There is no stored chat completion with this id in this space, or it has still to end."""

    def __init__(self, param: str | None = None) -> None:
        super().__init__("There is no stored chat completion with this id.", param=param)


class MessageNotFound(NotFound):
    """The completion was given no message with this id."""

    def __init__(self) -> None:
        super().__init__("There is no message with this id in the chat completion.", param="after")


class CompletionFailed(ProsaError):
    """The completion failed before a word was said; `code` and `status` are those of what it failed with."""

    def __init__(self, message: str, status: int, code: str, param: str | None, retry_after: float | None) -> None:
        super().__init__(message, param=param, retry_after=retry_after)
        self.status = status  # type: ignore[misc]  # an instance's own, over the class's default
        self.code = code  # type: ignore[misc]  # likewise


class CompletionCancelled(ProsaError):
    """Somebody cancelled it."""

    code = "cancelled"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The chat completion was cancelled.")


class CompletionInterrupted(ProsaError):
    """The server stopped in the middle of it, and nobody could go on."""

    code = "interrupted"
    status = 502

    def __init__(self) -> None:
        super().__init__("The server was interrupted in the middle of the answer; what was said until then is kept.")

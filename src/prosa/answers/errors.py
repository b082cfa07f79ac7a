"""What can be wrong with an answer that is asked for."""

from prosa.assistants import AssistantNotFound
from prosa.kit.errors import BadRequest, NotFound, ProsaError


class ResponseNotFound(NotFound):
    """There is no such response in this space."""

    def __init__(self) -> None:
        super().__init__("There is no response with this id.")


class PreviousResponseNotFound(BadRequest):
    """The request goes on from a response that isn't there; OpenAI tells it with 400 and this code."""

    code = "previous_response_not_found"

    def __init__(self) -> None:
        super().__init__("There is no response with this id to go on from.", param="previous_response_id")


class PreviousResponseOpen(ProsaError):
    """The response to go on from has still to end."""

    code = "previous_response_open"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "The response to go on from is still being given; wait for its end, or cancel it.",
            param="previous_response_id",
            retry_after=1.0,
        )


class ReferencedItemNotFound(NotFound):
    """An `item_reference` names an item that isn't there."""

    def __init__(self, index: int) -> None:
        super().__init__("There is no item with this id; an answer that wasn't stored left none.", param=f"input[{index}].id")


class ItemNotInInput(NotFound):
    """A list goes on from an item that isn't in it."""

    def __init__(self) -> None:
        super().__init__("There is no item with this id in the response's input.", param="after")


class ContextTooLarge(BadRequest):
    """More than a model is ever asked with."""

    code = "context_length_exceeded"

    def __init__(self, what: str) -> None:
        super().__init__(f"The input is too large: {what}. Send truncation: 'auto', or less.", param="input")


class ToolNamedTwice(BadRequest):
    """Two tools under one name."""

    def __init__(self, index: int, name: str) -> None:
        super().__init__(f"Two tools are named {name[:100]!r}.", param=f"tools[{index}]")


class CompactionUnreadable(BadRequest):
    """A compaction item that this server didn't make for this caller."""

    code = "invalid_encrypted_content"

    def __init__(self, param: str = "input") -> None:
        super().__init__("The encrypted_content can't be read: it was made elsewhere, or changed.", param=param)


class AssistantUnavailable(AssistantNotFound):
    """The assistant that is to answer isn't there, or isn't for the caller any more."""

    code = "assistant_not_found"


class AccessEnded(ProsaError):
    """Who started the run may call models no more."""

    code = "access_ended"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The account or the key that started this may call models no more.")


class TooManyAnswers(ProsaError):
    """As many answers are under way without being stored as this process gives."""

    code = "too_many_answers"
    status = 503

    def __init__(self) -> None:
        super().__init__("Too many answers are being given right now; try again.", retry_after=1.0)

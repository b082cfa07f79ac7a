"""What can be wrong with a conversation and its items."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError


class ConversationNotFound(NotFound):
    """There is no such conversation in this space."""

    def __init__(self) -> None:
        super().__init__("There is no conversation with this id.")


class ItemNotFound(NotFound):
    """There is no such item in this conversation."""

    def __init__(self, param: str | None = None) -> None:
        super().__init__("There is no item with this id in the conversation.", param=param)


class ConversationTooLong(BadRequest):
    """More items than a model is ever asked with."""

    code = "conversation_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The conversation has more than {most} items. Send truncation: 'auto', or begin a new one.", param="conversation"
        )


class ConversationChanged(ProsaError):
    """Somebody else changed it since it was read."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The conversation was changed since it was read; read it again.")


class ConversationBusy(ProsaError):
    """New answers begin in it faster than they can be ended."""

    code = "conversation_busy"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("New answers keep beginning in the conversation; try again.", retry_after=1.0)

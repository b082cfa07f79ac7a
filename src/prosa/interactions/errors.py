"""What can go wrong with a single exchange."""

from prosa.kit.errors import BadRequest, ProsaError


class PromptRefused(BadRequest):
    """The prompt holds words that the strict policy refuses. The message never repeats the prompt."""

    code = "dangerous_content"
    status = 422

    def __init__(self) -> None:
        super().__init__("Prompt contains potentially dangerous content", param="prompt")


class PromptEmpty(BadRequest):
    """Nothing is left of the prompt after cleaning."""

    code = "empty_prompt"
    status = 422

    def __init__(self) -> None:
        super().__init__("String should have at least 1 character that is no blank", param="prompt")


class AnswerTooSlow(ProsaError):
    """No model answered within the bound of a call."""

    code = "answer_timeout"
    status = 504

    def __init__(self) -> None:
        super().__init__("The model did not answer in time.", retry_after=5.0)


class UnknownCursor(BadRequest):
    """The cursor is none that a page of this history gave out."""

    code = "unknown_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list gave out.", param="cursor")

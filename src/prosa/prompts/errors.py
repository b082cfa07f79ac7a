"""What can be wrong with a prompt."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError
from prosa.prompts.models import MOST


class PromptNotFound(NotFound):
    """Not there, or not for the caller: the two read the same."""

    code = "prompt_not_found"

    def __init__(self) -> None:
        super().__init__("There is no prompt with this id.")


class PromptUnfit(BadRequest):
    """Name, command or text can't be as they are."""

    code = "prompt_invalid"


class CommandTaken(ProsaError):
    """One of the caller's prompts has this command."""

    code = "prompt_command_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, command: str) -> None:
        super().__init__(f"One of your prompts has the command '/{command}' already.", param="command")


class TooManyPrompts(ProsaError):
    """The space holds as many as it may."""

    code = "too_many_prompts"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(f"At most {MOST} prompts are kept; delete one first.")


class PromptChanged(ProsaError):
    """Somebody else was faster."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The prompt was changed since it was read; read it again.")

"""What can be wrong with an assistant."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError, Unavailable


class AssistantNotFound(NotFound):
    """Not there, or not for the caller: the two read the same, in the words that OpenAI had."""

    def __init__(self, shown: str, param: str | None = None) -> None:
        super().__init__(f"No assistant found with id '{shown[:80]}'.", param=param)


class VersionNotFound(NotFound):
    """There never was such a version, or it is kept no more."""

    def __init__(self, param: str | None = None) -> None:
        super().__init__("The assistant has no version of this number.", param=param)


class StoreNotFound(NotFound):
    """No such vector store in the space of the assistant's owner."""

    def __init__(self, shown: str, param: str) -> None:
        super().__init__(f"No vector store found with id '{shown[:80]}'.", param=param)


class AssistantFileNotFound(NotFound):
    """No such file there."""

    def __init__(self, shown: str, param: str) -> None:
        super().__init__(f"No file found with id '{shown[:80]}'.", param=param)


class PersonNotFound(NotFound):
    """Nobody here has this id."""

    def __init__(self, param: str) -> None:
        super().__init__("There is nobody of this id.", param=param)


class AssistantNotYours(ProsaError):
    """It may be used, and nothing more; or it may be edited, and this is its owner's alone."""

    code = "assistant_not_yours"
    status = 403
    kind = "invalid_request_error"

    def __init__(self, *, edits: bool) -> None:
        super().__init__("Only the assistant's owner may do this." if edits else "You may use this assistant, but not change it.")


class AssistantChanged(ProsaError):
    """Somebody else changed it since it was read."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The assistant was changed since it was read; read it again.")


class TooManyAssistants(ProsaError):
    """The space holds as many assistants, or as much of their versions, as it may."""

    code = "too_many_assistants"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, what: str) -> None:
        super().__init__(f"No more assistants can be stored: there are {what} already. Delete some first.")


class AssistantTooLarge(BadRequest):
    """Name, instructions, tools and all else are too much together."""

    code = "assistant_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"An assistant may have {most // 1024} KiB, with its instructions, tools and all else.")


class FunctionNamedTwice(BadRequest):
    """Two functions of one name: a model couldn't tell them apart."""

    code = "function_named_twice"

    def __init__(self, name: str) -> None:
        super().__init__(f"There are two functions of the name '{name}'.", param="tools")


class AssistantServerNotFound(BadRequest):
    """The operator has no tool server of this label."""

    code = "tool_server_not_found"

    def __init__(self, label: str) -> None:
        super().__init__(f"There is no tool server named {label[:64]!r} here.", param="tools")


class ServerNamedTwice(BadRequest):
    """A tool server stands twice among the tools."""

    code = "tool_server_named_twice"

    def __init__(self, label: str) -> None:
        super().__init__(f"The tool server {label[:64]!r} stands twice among the tools.", param="tools")


class SharingUnfit(BadRequest):
    """Too many people, or somebody twice, or the owner."""

    code = "sharing_invalid"


class AssistantFileInvalid(BadRequest):
    """What is to be imported is no exported assistant, or one of a later version of prosa."""

    code = "assistant_file_invalid"


class KnowledgeUnavailable(Unavailable):
    """Vector stores are off here."""

    def __init__(self) -> None:
        super().__init__("Vector stores are not available on this server.", param="tool_resources")

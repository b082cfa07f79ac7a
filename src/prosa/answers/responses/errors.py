"""What can be wrong with a request of the Responses API, in OpenAI's codes and words."""

from collections.abc import Iterable

from prosa.kit.errors import BadRequest


class UnknownParameter(BadRequest):
    """A field that the API doesn't have."""

    code = "unknown_parameter"

    def __init__(self, param: str) -> None:
        super().__init__(f"Unknown parameter: '{param}'.", param=param)


class MissingParameter(BadRequest):
    """A field that has to be there."""

    code = "missing_required_parameter"

    def __init__(self, param: str) -> None:
        super().__init__(f"Missing required parameter: '{param}'.", param=param)


class InvalidType(BadRequest):
    """A value of another kind than the field's."""

    code = "invalid_type"

    def __init__(self, param: str | None, expected: str) -> None:
        super().__init__(f"Invalid type for '{param or 'the request'}': expected {expected}.", param=param)


class InvalidValue(BadRequest):
    """A value of the right kind that the field can't have."""

    code = "invalid_value"

    def __init__(self, param: str | None, expected: str) -> None:
        super().__init__(f"Invalid value for '{param}': expected {expected}.", param=param)


class FieldsTooLarge(BadRequest):
    """What a response repeats of its request is too much to be repeated."""

    code = "fields_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"Instructions, tools and all else beside 'input' may have {most // 1024} KiB together.")


class UnsupportedParameter(BadRequest):
    """A field of OpenAI's API that means nothing here."""

    code = "unsupported_parameter"

    def __init__(self, param: str, instead: str) -> None:
        super().__init__(f"Unsupported parameter: '{param}' is not offered here. {instead}", param=param)


class UnsupportedTool(BadRequest):
    """A built-in tool that this server hasn't got."""

    code = "unsupported_tool"

    def __init__(self, param: str, asked: str, offered: Iterable[str]) -> None:
        names = ", ".join(f"'{name}'" for name in offered)
        super().__init__(f"There is no tool of type '{asked[:64]}' here. Offered are: {names}.", param=param)


class ToolOutputMissing(BadRequest):
    """A function was called and never answered, so the model can't be asked to go on."""

    code = "tool_output_missing"

    def __init__(self, call_id: str) -> None:
        super().__init__(f"No tool output found for function call {call_id[:64]}.", param="input")


class ToolCallMissing(BadRequest):
    """An output answers a call that nobody made."""

    code = "tool_call_missing"

    def __init__(self, call_id: str) -> None:
        super().__init__(f"No tool call found for function call output with call_id {call_id[:64]}.", param="input")

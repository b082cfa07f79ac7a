"""A request for a run, as the Assistants API is sent it.

Source: `openai.types.beta.threads.run_create_params`, `openai.types.beta.thread_create_and_run_params` of the official SDK; the
least bounds of tokens stand in the vendor's API description.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from prosa.answers.assisting.pinned import Truncation
from prosa.answers.assisting.resource_request import GivenResources
from prosa.answers.assisting.saying import NewMessage
from prosa.answers.assisting.thread_request import MOST_MESSAGES, GivenThread
from prosa.answers.responses import InvalidValue
from prosa.answers.responses.checking import check_depth, checked
from prosa.answers.responses.request import Metadata
from prosa.assistants import Effort, Format, Instructions, Model, Temperature, Tools, TopP

LEAST_TOKENS: Final = 256
MOST_OUTPUTS: Final = 128
LONGEST_OUTPUT: Final = 512 * 1024
"""Characters of one output, as the vendor bounded them."""

Tokens = Annotated[int, Meta(ge=LEAST_TOKENS)]
ShownId = Annotated[str, Meta(min_length=1, max_length=256)]
ABSENT: Final = Raw()


class _Wish(Struct, forbid_unknown_fields=True, kw_only=True):
    assistant_id: ShownId
    model: Model | None = None
    instructions: Instructions | None = None
    tools: Tools | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    stream: bool | None = None
    max_prompt_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    truncation_strategy: Truncation | None = None
    tool_choice: Raw = ABSENT
    parallel_tool_calls: bool | None = None
    response_format: Format | None = None
    reasoning_effort: Effort | None = None


class RunWish(_Wish, forbid_unknown_fields=True, kw_only=True):
    """A run to begin in a thread."""

    additional_instructions: Instructions | None = None
    additional_messages: Annotated[list[NewMessage], Meta(max_length=MOST_MESSAGES)] | None = None

    @staticmethod
    def from_json(body: bytes) -> "RunWish":
        """A request's body. Raises BadRequest naming the field."""
        check_depth(body)
        wish = checked(_run, body)
        _check(wish)
        return wish


class ThreadRunWish(_Wish, forbid_unknown_fields=True, kw_only=True):
    """A thread to make, and a run to begin in it. `tool_resources`: what the tools get in the place of the assistant's."""

    thread: GivenThread | None = None
    tool_resources: GivenResources | None = None

    @staticmethod
    def from_json(body: bytes) -> "ThreadRunWish":
        """A request's body. Raises BadRequest naming the field."""
        check_depth(body)
        wish = checked(_thread_run, body)
        _check(wish)
        return wish

    def wish(self) -> RunWish:
        """The run alone."""
        fields = {name: getattr(self, name) for name in _Wish.__struct_fields__}
        return RunWish(**fields)


class ToolOutput(Struct, forbid_unknown_fields=True):
    """What a function gave."""

    tool_call_id: ShownId | None = None
    output: Annotated[str, Meta(max_length=LONGEST_OUTPUT)] | None = None


class Outputs(Struct, forbid_unknown_fields=True):
    """What the functions gave that a run waits for."""

    tool_outputs: Annotated[list[ToolOutput], Meta(max_length=MOST_OUTPUTS)]
    stream: bool | None = None

    @staticmethod
    def from_json(body: bytes) -> "Outputs":
        """A request's body. Raises BadRequest naming the field."""
        check_depth(body)
        return checked(_outputs, body)


class Edit(Struct, forbid_unknown_fields=True):
    """What of a run can be different."""

    metadata: Metadata | msgspec.UnsetType | None = msgspec.UNSET

    @staticmethod
    def from_json(body: bytes) -> "Edit":
        """A request's body. Raises BadRequest naming the field."""
        check_depth(body)
        return checked(_edit, body or b"{}")


_run: Final = msgspec.json.Decoder(RunWish)
_thread_run: Final = msgspec.json.Decoder(ThreadRunWish)
_outputs: Final = msgspec.json.Decoder(Outputs)
_edit: Final = msgspec.json.Decoder(Edit)
Include = Literal["step_details.tool_calls[*].file_search.results[*].content"]
RESULTS: Final[Include] = "step_details.tool_calls[*].file_search.results[*].content"


def _check(wish: _Wish) -> None:
    strategy = wish.truncation_strategy
    if strategy is not None and (strategy.type == "last_messages") != (strategy.last_messages is not None):
        raise InvalidValue(
            "truncation_strategy.last_messages", "a number of messages with the type 'last_messages', and only there"
        )

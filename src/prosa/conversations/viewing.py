"""What of an item a reader sees who didn't ask for more: OpenAI's lists leave out what is large or of use to few.

Source: `include` of `GET /v1/conversations/{id}/items` and `GET /v1/responses/{id}/input_items` (`ResponseIncludable`).
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any, Final

import msgspec

from prosa.conversations.margins import without_margin
from prosa.conversations.models import Item, public_id, shown


class Include(StrEnum):
    """What can be asked for beside the usual. Those of tools that prosa hasn't got are taken, and change nothing."""

    ENCRYPTED_REASONING = "reasoning.encrypted_content"
    IMAGE_URLS = "message.input_image.image_url"
    LOGPROBS = "message.output_text.logprobs"
    SCREENSHOTS = "computer_call_output.output.image_url"
    SEARCH_RESULTS = "file_search_call.results"
    WEB_RESULTS = "web_search_call.results"
    WEB_SOURCES = "web_search_call.action.sources"
    CODE_OUTPUTS = "code_interpreter_call.outputs"


# By the type of an item or of a part of its content: the member that is left out, and what asks for it.
_OF_ITEM: Final = {
    "reasoning": ("encrypted_content", Include.ENCRYPTED_REASONING),
    "file_search_call": ("results", Include.SEARCH_RESULTS),
    "code_interpreter_call": ("outputs", Include.CODE_OUTPUTS),
}
_OF_PART: Final = {
    "input_image": ("image_url", Include.IMAGE_URLS),
    "output_text": ("logprobs", Include.LOGPROBS),
}
_LEFT_OUT: Final = (b'"encrypted_content"', b'"image_url"', b'"logprobs":[{', b'"results"', b'"outputs"')


def view(item: Item, include: Collection[str] = ()) -> bytes:
    """The item as a list shows it: its JSON with its id first, without what `include` would have to ask for."""
    body = item.body
    if not any(name in body for name in _LEFT_OUT):
        return shown(item)
    fields: dict[str, Any] = msgspec.json.decode(without_margin(body))
    _leave_out(fields, _OF_ITEM.get(item.type), include)
    content = fields.get("content")
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict):
            _leave_out(part, _OF_PART.get(str(part.get("type"))), include)
    return msgspec.json.encode({"id": public_id(item)} | fields)


def _leave_out(fields: dict[str, Any], rule: tuple[str, Include] | None, include: Collection[str]) -> None:
    if rule is None or rule[1] in include or rule[0] not in fields:
        return
    name = rule[0]
    if name == "logprobs":
        fields[name] = []  # Open Responses wants the member, and it is empty wherever nobody asked
    else:
        del fields[name]

"""`tool_resources` of assistants and threads as the API document tells of them."""

from typing import Any, Final

from prosa.assistants import MOST_FILES, MOST_STORES

_IDS: Final = {"type": ["array", "null"], "items": {"type": "string"}}
SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "properties": {
        "code_interpreter": {
            "type": ["object", "null"],
            "properties": {"file_ids": _IDS | {"maxItems": MOST_FILES, "description": "Files for Python."}},
        },
        "file_search": {
            "type": ["object", "null"],
            "properties": {"vector_store_ids": _IDS | {"maxItems": MOST_STORES, "description": "The store to be searched."}},
        },
    },
}
_NEW_STORE: Final = {
    "type": "object",
    "properties": {
        "file_ids": _IDS,
        "chunking_strategy": {"type": ["object", "null"], "description": "`auto`, or `static` with two numbers of tokens."},
        "metadata": {"type": ["object", "null"]},
    },
}


def new_schema() -> dict[str, Any]:
    """The same where a store may be made on the way."""
    search = SCHEMA["properties"]["file_search"]
    stores = {
        "type": ["array", "null"],
        "items": _NEW_STORE,
        "maxItems": MOST_STORES,
        "description": "A store to be made with these files, in place of an id.",
    }
    widened = search | {"properties": search["properties"] | {"vector_stores": stores}}
    return SCHEMA | {"properties": SCHEMA["properties"] | {"file_search": widened}}

"""C's errors: `{"message": …}` on every route (contracts: chatai, §1, C55)."""

from typing import Final

import msgspec

from prosa.api.bodies import InvalidBody
from prosa.kit.errors import NotFound, ProsaError

_encode: Final = msgspec.json.Encoder().encode
# The texts by which the original's clients tell the cases apart; every other 401 is a token that is none of ours.
WORDS: Final = {
    "missing_api_key": "Token is missing!",
    "token_expired": "Token has expired!",
    "sign_in_failed": "Could not verify",
    "sign_in_outdated": "Could not verify",  # suspended, or given another password, while this one was being checked
}
INVALID: Final = "Token is invalid!"
# Its page shows the text of a 429 to people as it is, and they read Portuguese.
SLOWER: Final = "Muitas tentativas. Aguarde um pouco e tente de novo."


class TalkNotFound(NotFound):
    """There is no such talk in this space, or it is in the trash."""

    def __init__(self) -> None:
        super().__init__("Talk not found or access denied")


class ChataiDialect:
    """Renders errors as C's web client reads them: it knows `message` and no `detail`."""

    name = "chatai"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body. Nothing here ever asks a browser for Basic credentials: that would open its own password box."""
        return error.status, _encode({"message": _told(error)})


def _told(error: ProsaError) -> str:
    if error.status == 401:
        return WORDS.get(error.code, INVALID)
    if error.status == 429:
        return SLOWER
    if isinstance(error, InvalidBody):
        return "; ".join(f"{_place(found)}: {found['msg']}" for found in error.details)
    return error.message


def _place(found: dict[str, object]) -> str:
    location = found["loc"]
    return str(location[-1]) if isinstance(location, list) else "body"

"""What C's clients send to sign in and to stay signed in (contracts: chatai, §2)."""

from dataclasses import dataclass, field

from prosa.api.bodies import InvalidBody, parsed, small_body
from prosa.api.devices import says_json
from prosa.api.edge import Exchange
from prosa.identity import MissingKey, SignInFailed
from prosa.kit.errors import BadRequest, ProsaError

REFRESH_TOKEN = "refresh_token"  # noqa: S105  # the field's name


class NotJson(ProsaError):
    """The body doesn't call itself JSON."""

    code = "unsupported_media_type"
    status = 415
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Send the body as JSON, with Content-Type: application/json.")


@dataclass(frozen=True, slots=True)
class Login:
    """A person's e-mail address and password."""

    email: str
    password: str = field(repr=False)


async def read_login(exchange: Exchange) -> Login:
    """The body of a sign-in.

    Raises NotJson, BadRequest for what is no JSON, SignInFailed where something is missing or no text.
    """
    document = await read_document(exchange)
    email = document.get("username", document.get("email"))
    password = document.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        raise SignInFailed
    return Login(email, password)


async def read_refresh(exchange: Exchange) -> str:
    """The token to go on with: the body's `refresh_token`, else what the Authorization field carries.

    Raises NotJson, BadRequest, MissingKey.
    """
    found = (await read_document(exchange)).get(REFRESH_TOKEN) if await small_body(exchange) else None
    if isinstance(found, str) and found:
        return found
    scheme, _, token = (exchange.header(b"authorization") or b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingKey
    return token.strip()


async def read_document(exchange: Exchange) -> dict[str, object]:
    """The body's fields; none where the document is no object. Raises NotJson, BadRequest."""
    raw = await small_body(exchange)
    if not says_json(exchange):
        raise NotJson
    try:
        document = parsed(raw)
    except InvalidBody as error:
        raise BadRequest("The body is not valid JSON.") from error
    return document if isinstance(document, dict) else {}

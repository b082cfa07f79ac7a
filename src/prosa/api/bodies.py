"""Bodies judged by pydantic, and its findings in the shape that FastAPI gives them: what clients of B and S know as 422."""

import json
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from prosa.api.edge import Exchange
from prosa.kit.errors import ProsaError

if TYPE_CHECKING:
    from pydantic import BaseModel

Detail = dict[str, object]
Body = TypeVar("Body", bound="BaseModel")
MOST_BYTES: Final = 1024 * 1024  # of a body that is read whole into objects; the contracts' largest is far below
SHOWN: Final = 100  # characters of a wrong value that an error repeats


class InvalidBody(ProsaError):
    """The body breaks a contract's types or bounds; `details` say where, one entry for each finding."""

    code = "invalid_body"
    status = 422
    kind = "invalid_request_error"

    def __init__(self, details: list[Detail]) -> None:
        super().__init__("The request is not valid.")
        self.details = details


async def small_body(exchange: Exchange) -> bytes:
    """The body of a call whose contract allows no large one. Raises PayloadTooLarge."""
    return await exchange.body(MOST_BYTES)


def judge(model: type[Body], raw: bytes, hidden: frozenset[str] = frozenset()) -> Body:
    """The body as its model takes it. Raises InvalidBody; values of `hidden` fields are not repeated in it."""
    from pydantic import ValidationError

    document = parsed(raw)
    try:
        return model.model_validate(document, from_attributes=True)  # as the framework does: it words the error
    except ValidationError as error:
        raise InvalidBody([shown(dict(found), ("body",), hidden) for found in error.errors(include_url=False)]) from error


def finding(kind: str, location: tuple[str | int, ...], message: str) -> Detail:
    """A finding that pydantic didn't make, in its shape, without the value."""
    return {"type": kind, "loc": list(location), "msg": message}


def shown(detail: Detail, before: tuple[str, ...] = (), hidden: frozenset[str] = frozenset()) -> Detail:
    """A finding, with `before` ahead of its place, in plain JSON; its value cut, so that no error sends a conversation back."""
    location = detail["loc"]
    assert isinstance(location, tuple)
    made = detail | {"loc": [*before, *location]}
    if hidden.isdisjoint(part for part in location if isinstance(part, str)):
        made["input"] = _cut(detail.get("input"))
    else:
        del made["input"]
    context = detail.get("ctx")
    if isinstance(context, dict):
        made["ctx"] = {name: bound if isinstance(bound, int | float) else str(bound) for name, bound in context.items()}
    return made


def parsed(raw: bytes) -> object:
    """The JSON document in a body. Raises InvalidBody for an empty one, half characters, NaN, and what is no JSON."""
    if not raw:
        raise InvalidBody([finding("missing", ("body",), "Field required") | {"input": None}])
    try:
        document: object = json.loads(raw, parse_constant=_refuse)
        json.dumps(document, ensure_ascii=False).encode()
        return document
    except UnicodeEncodeError as error:
        raise _json_invalid(0, "Half a character (a lone surrogate)") from error
    except json.JSONDecodeError as error:
        raise _json_invalid(error.pos, error.msg) from error
    except UnicodeDecodeError as error:
        raise _json_invalid(error.start, "Invalid UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _json_invalid(0, "The document can't be read") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _json_invalid(position: int, reason: str) -> InvalidBody:
    found = finding("json_invalid", ("body", position), "JSON decode error")
    return InvalidBody([found | {"input": {}, "ctx": {"error": reason}}])


def _cut(value: object) -> object:
    if isinstance(value, dict):
        return {}
    if isinstance(value, list):
        return []
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()[:SHOWN]
    if isinstance(value, int) and value.bit_length() > 63:
        return "an integer of more than 63 bits"
    return value

"""What M's page sends, judged as its framework did: a list of findings, without what was sent."""

import hmac
from typing import TypeVar

from pydantic import BaseModel

from prosa.api.bodies import InvalidBody, finding, judge, small_body
from prosa.api.devices import says_json
from prosa.api.edge import Exchange
from prosa.api.legacy.multiuser.models import RegisterBody

Body = TypeVar("Body", bound=BaseModel)


async def read(model: type[Body], exchange: Exchange) -> Body:
    """The body as its model takes it. Raises InvalidBody."""
    raw = await small_body(exchange)
    if not says_json(exchange):
        raise InvalidBody([finding("model_attributes_type", ("body",), "Input should be a valid dictionary: send JSON")])
    return judge(model, raw)


async def read_registration(exchange: Exchange) -> RegisterBody:
    """The body of a registration, both passwords the same. Raises InvalidBody."""
    asked = await read(RegisterBody, exchange)
    if not hmac.compare_digest(asked.password.encode(), asked.password_confirm.encode()):
        raise InvalidBody([finding("value_error", ("body", "password_confirm"), "Value error, as senhas não coincidem")])
    return asked

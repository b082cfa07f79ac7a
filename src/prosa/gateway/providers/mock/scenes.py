"""Scenes of fixed parts: errors from the first byte, whole bodies, header and manners of a connection."""

import math
from collections.abc import Mapping
from email.utils import formatdate

import msgspec

from prosa.gateway.providers.mock import faults
from prosa.gateway.providers.mock.errors import envelope, leaking, shaped
from prosa.gateway.providers.mock.models import Scene
from prosa.gateway.providers.mock.vocabulary import Directions

_JSON = "application/json"


def fault(directions: Directions, headers: Mapping[str, str], now: float) -> Scene | None:
    """The scene of an answer that is an error from its first byte, if it is to be one."""
    if directions.refuse or directions.drop:
        return Scene(0, {}, (), wait=directions.first_byte, refuse=directions.refuse, drop=True)
    status = directions.status
    if status in (204, 304):
        return dressed(Scene(status, {}, (), length=0), directions)
    if status is None or status < 300:
        return None
    body = envelope(status, directions.error, code=directions.error_code)
    if directions.leak:
        body = envelope(status, leaking(_message(body), dict(headers)), code=directions.error_code)
    scene = plain(shaped(body, directions.error_shape), directions)
    if directions.retry_after is not None:
        scene.headers.update(_retry_after(directions.retry_after, directions.retry_after_form, now))
    return scene


def _message(error: dict[str, object]) -> str:
    inner = error["error"]
    return str(inner["message"]) if isinstance(inner, dict) else ""


def _retry_after(seconds: float, form: str, now: float) -> dict[str, str]:
    if form == "date":
        return {"retry-after": formatdate(math.ceil(now + seconds), usegmt=True)}
    if form == "ms":
        return {"retry-after-ms": str(round(seconds * 1000))}
    return {"retry-after": str(int(seconds) if seconds == int(seconds) else seconds)}


def plain(body: bytes, directions: Directions) -> Scene:
    """An answer with a body of known length."""
    kind = _JSON
    if directions.body is not None:
        body = directions.body.encode()
    elif directions.instead is not None:
        body, kind = faults.instead(directions, body)
    scene = Scene(directions.status or 200, {"content-type": kind}, faults.plain(body, directions), length=len(body))
    return dressed(scene, directions)


def dressed(scene: Scene, directions: Directions) -> Scene:
    """Lay the directions' header and manners over a scene."""
    if directions.content_type is not None:
        scene.headers["content-type"] = directions.content_type
    scene.headers.update({name.lower(): value for name, value in directions.headers.items()})
    scene.wait = directions.first_byte
    scene.close = directions.close
    return scene


def json_scene(status: int, body: bytes) -> Scene:
    """A scene without any direction."""
    return Scene(status, {"content-type": _JSON}, faults.plain(body, Directions()), length=len(body))


def nothing_here() -> Scene:
    """The 404 for every other path."""
    known = "POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models, GET /health"
    return json_scene(404, msgspec.json.encode(envelope(404, f"Nothing is here; the mock knows {known}.", code="not_found")))

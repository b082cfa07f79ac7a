"""A response that only prepares: it has an id and no output, and is held by whoever asked for it (OpenAI's `generate: false`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from prosa.answers.models import Prepared
from prosa.answers.responses import RESPONSE, ResponseRequest, Said, Scribe, end, new_response
from prosa.kit.ids import new_object_id


@dataclass(frozen=True, slots=True)
class Warmed:
    """Its id as it is shown, its events, and the items that a later response goes on from."""

    id: str
    events: tuple[bytes, ...]
    heard: Sequence[bytes]


def warmed(request: ResponseRequest, prepared: Prepared, now: float) -> Warmed:
    """The response to a request that was found good, at a moment in seconds since 1970."""
    scribe, id = Scribe(), new_object_id()
    response = new_response(request, id, now, request.model or "")
    created = scribe.created(response)
    completed = scribe.state(end(response, "completed", Said(), now))
    return Warmed(RESPONSE + id, (created, completed), prepared.items)

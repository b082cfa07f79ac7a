"""Asking a provider which models it has."""

import msgspec

from prosa.drivers.outbound import OutboundRequest, Timeouts
from prosa.gateway.models import Provider
from prosa.kit.errors import ProsaError

LISTING = Timeouts(connect=2.0, first_byte=4.0, silence=4.0, total=6.0)
LIST_BYTES = 8 * 1024 * 1024


def list_request(provider: Provider) -> OutboundRequest:
    """The question, with the provider's own key."""
    path = "/api/tags" if provider.wire == "ollama" else f"{provider.path}/models"
    return OutboundRequest("GET", path, _credentials(provider))


def _credentials(provider: Provider) -> tuple[tuple[str, str], ...]:
    if not provider.api_key:
        return ()
    if provider.wire == "anthropic_messages":
        return (("x-api-key", provider.api_key), ("anthropic-version", "2023-06-01"))
    return (("authorization", f"Bearer {provider.api_key}"),)


class _Listed(msgspec.Struct):
    id: str | None = None
    name: str | None = None


class _List(msgspec.Struct):
    data: list[_Listed] = []
    models: list[_Listed] = []


_DECODER = msgspec.json.Decoder(_List)


def names_in(body: bytes) -> tuple[str, ...]:
    """The names of a list in OpenAI's form (`data[].id`) or Ollama's (`models[].name`)."""
    try:
        found = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProsaError("the provider's list of models can't be read") from error
    names = [entry.id or entry.name for entry in (*found.data, *found.models)]
    # Gemini lists "models/gemini-…" and takes the bare name.
    return tuple(name.removeprefix("models/") for name in names if name)

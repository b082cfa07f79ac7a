"""Requests in OpenAI's form, checked as far as the gateway needs it; everything else is the provider's to judge."""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from prosa.api.edge import EdgeSettings, count_items
from prosa.gateway import CallKind, Fields, ModelCall
from prosa.kit.errors import BadRequest

MOST_CHOICES: Final = 128  # OpenAI's own bound of `n`
MOST_TOKENS: Final = 1_000_000
MODEL_LENGTH: Final = 256
# Fields with which other gateways let a caller steer where a call goes, as whom, and with what. None of them means anything
# here, and none travels on: a target and its key are the operator's (attacks.md C6).
STEERING: Final = frozenset(
    {
        *(
            "api_base",
            "base_url",
            "api_key",
            "api_type",
            "api_version",
            "organization",
            "organisation",
            "project",
            "deployment_id",
        ),
        *("extra_headers", "extra_body", "extra_query", "headers", "default_headers", "proxy", "proxies", "host", "timeout"),
        *("custom_llm_provider", "azure_endpoint", "azure_ad_token", "vertex_project", "vertex_location", "vertex_credentials"),
        *("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_region_name", "mock_response", "num_retries"),
        *("fallbacks", "context_window_fallbacks", "litellm_params", "litellm_metadata", "model_list", "router_settings"),
    }
)

Value = TypeVar("Value")
_LIST: Final = ord("[")
_STRING: Final = ord('"')
_BOUNDS_OF_ANSWERS: Final = ("max_tokens", "max_completion_tokens")
_CLAMPED: Final = msgspec.Raw(b"%d" % MOST_TOKENS)

_text: Final[Callable[[msgspec.Raw], str | None]] = msgspec.json.Decoder(str | None).decode
_flag: Final[Callable[[msgspec.Raw], bool | None]] = msgspec.json.Decoder(bool | None).decode
_integer: Final[Callable[[msgspec.Raw], int | None]] = msgspec.json.Decoder(int | None).decode


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


_stream_options = msgspec.json.Decoder(_StreamOptions | None).decode


def chat_call(fields: Fields, bounds: EdgeSettings) -> ModelCall:
    """The call of a chat request. Raises BadRequest, with the field's name."""
    model = take_model(fields)
    _check_list(fields, "messages", bounds.messages)
    stream = False
    if "stream" in fields:
        stream = _read(fields, "stream", _flag, "a boolean") is True
    usage_asked = False
    if "stream_options" in fields:
        options = _read(fields, "stream_options", _stream_options, "an object whose include_usage is a boolean")
        usage_asked = options is not None and options.include_usage is True
    if "n" in fields:
        _bound(fields, "n", MOST_CHOICES)
    for name in _BOUNDS_OF_ANSWERS:
        if name in fields:
            _clamp(fields, name)
    return ModelCall(CallKind.CHAT, model, fields, stream, usage_asked)


def embeddings_call(fields: Fields, bounds: EdgeSettings) -> ModelCall:
    """The call of an embeddings request. Raises BadRequest, with the field's name."""
    model = take_model(fields)
    raw = fields.get("input")
    first = _first(raw)
    if first == _LIST:
        _check_inputs(fields, raw, bounds.embedding_inputs)
    elif first != _STRING or raw is None or len(memoryview(raw)) == len(b'""'):
        raise BadRequest("'input' must be a text that isn't empty, or a list.", param="input")
    return ModelCall(CallKind.EMBEDDINGS, model, fields)


def take_model(fields: Fields) -> str | None:
    """The model that is asked for, None for the default; it and what only steers leave the fields. Raises BadRequest."""
    if not STEERING.isdisjoint(fields):
        for name in STEERING.intersection(fields):
            del fields[name]
    if "model" not in fields:
        return None
    model = _read(fields, "model", _text, "a string")
    del fields["model"]
    if model is None:
        return None
    if not model or len(model) > MODEL_LENGTH or not model.isprintable():
        raise BadRequest("'model' must be a model's name.", param="model")
    return model


def _read(fields: Fields, name: str, decode: Callable[[msgspec.Raw], Value], expected: str) -> Value:
    try:
        return decode(fields[name])
    except msgspec.MsgspecError as error:
        raise BadRequest(f"'{name}' must be {expected}.", param=name) from error


def _check_list(fields: Fields, name: str, most: int) -> None:
    raw = fields.get(name)
    if raw is None or _first(raw) != _LIST:
        raise BadRequest(f"'{name}' must be a list.", param=name)
    count = count_items(raw)
    if not count:
        raise BadRequest(f"'{name}' must not be empty.", param=name)
    if count > most:
        raise BadRequest(f"'{name}' holds more than {most} items.", param=name)


def _check_inputs(fields: Fields, raw: msgspec.Raw | None, most: int) -> None:
    """Texts, or lists of tokens, are counted. One list of tokens is one text, bounded by the body's size."""
    assert raw is not None
    inner = bytes(memoryview(raw)[1:64]).lstrip()
    if not inner[:1] or inner[0] not in b"-0123456789":
        _check_list(fields, "input", most)


def _bound(fields: Fields, name: str, most: int) -> None:
    value = _positive(fields, name)
    if value is not None and value > most:
        raise BadRequest(f"'{name}' must not be greater than {most}.", param=name)


def _clamp(fields: Fields, name: str) -> None:
    """An absurd wish for tokens becomes the bound; a provider's own bound is smaller and its own to tell."""
    value = _positive(fields, name)
    if value is not None and value > MOST_TOKENS:
        fields[name] = _CLAMPED


def _positive(fields: Fields, name: str) -> int | None:
    value = _read(fields, name, _integer, "an integer")
    if value is not None and value < 1:
        raise BadRequest(f"'{name}' must be at least 1.", param=name)
    return value


def _first(raw: msgspec.Raw | None) -> int:
    """The first byte of a value, which tells its kind, without a copy of it."""
    return memoryview(raw)[0] if raw is not None else 0

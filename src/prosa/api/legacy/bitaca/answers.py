"""B's whole answers: the content is a string, whatever the provider left it (B40)."""

from typing import Final

import msgspec


class _Message(msgspec.Struct):
    content: object = None


class _Choice(msgspec.Struct):
    message: _Message | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] = []


_look: Final = msgspec.json.Decoder(_Answer).decode
_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_choices: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
_encode: Final = msgspec.json.Encoder().encode


def with_text(body: bytes) -> bytes:
    """The answer, untouched where every content is a string, with `""` where one is null, absent or something else."""
    choices = _look(body).choices
    texts = [choice.message is not None and isinstance(choice.message.content, str) for choice in choices]
    if all(texts):
        return body
    answer = _fields(body)
    repaired = [
        choice if has_text else _emptied(choice) for choice, has_text in zip(_choices(answer["choices"]), texts, strict=True)
    ]
    return _encode(answer | {"choices": msgspec.Raw(_encode(repaired))})


def _emptied(choice: dict[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    raw = choice.get("message")
    message = _fields(raw) if raw is not None and bytes(raw) != b"null" else {"role": msgspec.Raw(b'"assistant"')}
    return choice | {"message": msgspec.Raw(_encode(message | {"content": msgspec.Raw(b'""')}))}

"""Message lists as models insist on them: roles alternate, no text is empty, a user speaks first (B37)."""

import msgspec

from prosa.gateway.models import Fields

# Stands for the part of the conversation that the client cut off; a model that wants a user first gets it.
OPENING = "…"

_messages = msgspec.json.Decoder(list[Fields]).decode
_text = msgspec.json.Decoder(str | None).decode
_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode

_MERGED = ("user", "assistant")


def repair_messages(raw: msgspec.Raw) -> msgspec.Raw:
    """The list with neighbours of one role merged, empty assistant turns dropped, and never an assistant first.

    System messages and tool traffic stay where they are; fields of a message survive, of merged ones the first's. A list that
    needs no repair, or that is none, comes back as it is: pure, and safe to apply twice.
    """
    try:
        messages = _messages(raw)
        repaired = _merged([message for message in messages if not _says_nothing(message)])
    except msgspec.MsgspecError:
        return raw
    first = next((index for index, message in enumerate(repaired) if _role(message) not in ("system", "developer")), None)
    if first is not None and _role(repaired[first]) == "assistant":
        repaired.insert(first, {"role": msgspec.Raw(b'"user"'), "content": msgspec.Raw(_encode(OPENING))})
    return raw if repaired == messages else msgspec.Raw(_encode(repaired))


def _merged(messages: list[Fields]) -> list[Fields]:
    found: list[Fields] = []
    for message in messages:
        last = found[-1] if found else None
        if last is not None and _role(last) == _role(message) in _MERGED and not _calls(last) and not _calls(message):
            found[-1] = last | {"content": _joined(last.get("content"), message.get("content"))}
        else:
            found.append(message)
    return found


def _joined(one: msgspec.Raw | None, other: msgspec.Raw | None) -> msgspec.Raw:
    """Two contents as one: text with a blank line between, lists of parts one after the other."""
    if _is_list(one) or _is_list(other):
        return msgspec.Raw(_encode(_as_parts(one) + _as_parts(other)))
    return msgspec.Raw(_encode("\n\n".join(text for text in (_as_text(one), _as_text(other)) if text)))


def _as_parts(raw: msgspec.Raw | None) -> list[msgspec.Raw]:
    if raw is not None and _is_list(raw):
        return _parts(raw)
    text = _as_text(raw)
    return [msgspec.Raw(_encode({"type": "text", "text": text}))] if text else []


def _as_text(raw: msgspec.Raw | None) -> str:
    return (_text(raw) or "") if raw is not None else ""


def _is_list(raw: msgspec.Raw | None) -> bool:
    return raw is not None and bytes(raw).lstrip().startswith(b"[")


def _says_nothing(message: Fields) -> bool:
    if _role(message) != "assistant" or _calls(message):
        return False
    content = message.get("content")
    return not _as_parts(content) if _is_list(content) else not _as_text(content).strip()


def _calls(message: Fields) -> bool:
    calls = message.get("tool_calls") or message.get("function_call")
    return calls is not None and bytes(calls) not in (b"null", b"[]")


def _role(message: Fields) -> str:
    return _as_text(message.get("role"))

"""How much of a thread the model of a run hears."""

from typing import Final

import msgspec

from prosa.answers.assisting.pinned import Pinned


class _Head(msgspec.Struct):
    type: str = "message"
    role: str = ""


_head: Final = msgspec.json.Decoder(_Head).decode


def heard_of(pinned: Pinned | None, items: list[bytes]) -> list[bytes]:
    """Those of a thread's items, oldest first, that a run hears: with `last_messages`, the newest messages and what stands
    between and behind them."""
    most = pinned.truncation.last_messages if pinned is not None and pinned.truncation.type == "last_messages" else None
    if most is None:
        return items
    messages = [index for index, item in enumerate(items) if _is_message(item)]
    if len(messages) <= most:
        return items
    begin = messages[-most]
    return [item for index, item in enumerate(items) if index >= begin]


def prompt_room(pinned: Pinned | None, room: int | None) -> int | None:
    """The tokens that may be heard at once: what the model has room for, and of the run's own bound what it leaves."""
    most = pinned.max_prompt_tokens if pinned is not None else None
    bounds = [bound for bound in (most, room) if bound is not None]
    return min(bounds) if bounds else None


def _is_message(item: bytes) -> bool:
    head = _head(item)
    return head.type == "message" and head.role in ("user", "assistant")

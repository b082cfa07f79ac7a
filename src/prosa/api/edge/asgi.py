"""The types of ASGI 3, as its specification words them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

# ASGI's messages are dictionaries whose values depend on their `type`; each reader names the type it expects.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

"""The web process's front: an ASGI door that hands requests to Django's WSGI handler in threads (docs/adr/0025)."""

from collections.abc import Awaitable, Callable
from typing import Any

type Scope = dict[str, Any]
type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

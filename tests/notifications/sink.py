"""A mail server on a real socket that keeps what it is given, and can be told to refuse."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from fleet.local.process import free_port


@dataclass
class Sink:
    """`refusing` answers to RCPT, e.g. {"bad@example.com": "550 no such user"}; "*" is everybody.

    `silent_for` so many seconds it has a letter and says nothing.
    """

    port: int
    received: list[Message] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    silent_for: float = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.refusing.get(address, self.refusing.get("*"))
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.received.append(message_from_bytes(envelope.content, policy=default))
        await asyncio.sleep(self.silent_for)
        return "250 OK"

    @property
    def mailers(self) -> dict[str, Any]:
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


@contextmanager
def running(port: int | None = None, *, sink: Sink | None = None) -> Iterator[Sink]:
    sink = sink or Sink(port or free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()

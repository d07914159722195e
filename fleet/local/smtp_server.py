"""`python -m fleet.local.smtp_server PORT FOLDER`: takes every e-mail and delivers it to a folder, to nobody else.

The folder is a Maildir, which any mail program can open. A mail is there before the client hears "250".
"""

import asyncio
import mailbox
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES = 20 * 1024 * 1024


class Postman:
    """Delivers what arrives; `Delivered-To` keeps who it was for, as hidden copies name nobody."""

    def __init__(self, folder: Path) -> None:
        self.box = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        receivers = "".join(f"Delivered-To: {receiver}\r\n" for receiver in envelope.rcpt_tos)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.box.add(f"Return-Path: <{envelope.mail_from or ''}>\r\n{receivers}".encode() + content)
        return "250 OK"


async def _serve(port: int, folder: Path) -> None:
    postman, loop = Postman(folder), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postman, loop=loop, hostname="localhost", data_size_limit=MOST_BYTES), "127.0.0.1", port
    )
    await server.serve_forever()


def main(port: str, folder: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # what was accepted is in the folder already
    asyncio.run(_serve(int(port), Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])

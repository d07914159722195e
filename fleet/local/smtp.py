"""A mail server of our own that keeps every e-mail in a folder, on 127.0.0.1: nothing leaves the machine."""

from pathlib import Path

from fleet.local import module
from fleet.local.account import own_folder
from fleet.local.module import Server
from fleet.local.process import free_port


def begin(folder: Path, *, log: Path, port: int | None = None, tied: bool = True) -> Server:
    """Start the server without waiting for it; the mails of earlier runs stay."""
    home = own_folder(folder, None)
    port = port or free_port()
    box = str(home / "mail")
    child = module.begin("SMTP", "fleet.local.smtp_server", port, box, home=home, log=log, env={}, tied=tied)
    variables = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "FLEET_MAILBOX": box}
    return Server(variables, child, port, ready=lambda line: line.recv(3) == b"220")

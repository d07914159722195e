"""An S3 server of our own for private files, on 127.0.0.1, opened by a key that is made anew at each start."""

import secrets
from pathlib import Path

from fleet.local import module
from fleet.local.account import own_folder
from fleet.local.module import Server
from fleet.local.process import free_port


def begin(folder: Path, *, log: Path, keep: bool, tied: bool = True, like: Server | None = None) -> Server:
    """Start the server without waiting for it; with `keep` its files survive a stop.

    `like` gives it the address and the key of an earlier one.
    """
    home = own_folder(folder, None)
    port = like.port if like else free_port()
    # The secret goes through the environment: on the command line everyone could read it.
    account = {
        "AWS_ACCESS_KEY_ID": f"FLEET{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(24),
    }
    if like:
        account = {name: like.variables[name] for name in account}
    kept = [str(home)] if keep else []
    child = module.begin("S3", "fleet.local.s3_server", port, *kept, home=home, log=log, env=account, tied=tied)
    variables = {"FLEET_S3_ENDPOINT": f"http://127.0.0.1:{port}", "FLEET_S3_BUCKET": "fleet", **account}
    return Server(variables, child, port, ready=lambda _: True)

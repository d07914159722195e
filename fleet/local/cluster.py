"""The files of a PostgreSQL server: made once by initdb, and only usable by the version that made them."""

import os
import secrets
import sys
from pathlib import Path

from fleet.local import process
from fleet.local.account import Account
from fleet.local.process import CannotStart


def create(data: Path, programs_folder: Path, major: int, account: Account | None, log: Path) -> None:
    """Run initdb beside the final place, so that an interrupted one leaves nothing half-made."""
    password = data.with_name("password")
    password.write_text(secrets.token_urlsafe(24))
    password.chmod(0o600)
    if account:
        os.chown(password, account.uid, account.gid)
    new = data.with_name(f"data.{secrets.token_hex(4)}")
    command: list[str | Path] = [
        programs_folder / "initdb",
        f"--pgdata={new}",
        "--username=fleet",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "--encoding=UTF8",
        "--no-instructions",
        "--no-sync",
        *_locale(major),
    ]
    child = process.start("initdb", command, log=log, account=account, env=environment())
    if child.process.wait() != 0:
        raise CannotStart(f"PostgreSQL's initdb failed:\n{child.last_words()}")
    new.rename(data)


def _locale(major: int) -> list[str]:
    """Choose a collation that is the same on every machine: by code point, with correct case for all of Unicode."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"]


def refuse_other_version(data: Path, major: int) -> None:
    holds = (data / "PG_VERSION").read_text().strip()
    if holds != str(major):
        raise CannotStart(
            f"{data} was written by PostgreSQL {holds}, the one found here is {major}: "
            "choose another state folder, or set DATABASE_URL."
        )


def environment() -> dict[str, str]:
    """Return an environment without the PG* variables that would lead the programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}

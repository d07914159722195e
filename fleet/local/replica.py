"""A streaming replica of a PostgreSQL of ours: copied with pg_basebackup, then following."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from fleet.local import cluster, postgres, process, programs
from fleet.local.account import own_folder, unprivileged
from fleet.local.postgres import Postgres
from fleet.local.process import CannotStart, free_port


def follow(primary_url: str, folder: Path, *, log: Path) -> Postgres:
    """Copy the primary into `folder`, start the copy as a hot standby and return it; it answers the same account."""
    account = unprivileged(folder)
    programs_folder, _ = programs.postgres(account)
    data = own_folder(folder, account) / "data"
    parts = urlsplit(primary_url)
    command: list[str | Path] = [
        programs_folder / "pg_basebackup",
        f"--pgdata={data}",
        f"--host={parts.hostname}",
        f"--port={parts.port}",
        f"--username={parts.username}",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--write-recovery-conf",
        "--no-sync",
    ]
    secret = {"PGPASSWORD": parts.password or ""}
    copying = process.start("pg_basebackup", command, log=log, account=account, env=cluster.environment() | secret)
    if copying.process.wait() != 0:
        raise CannotStart(f"The primary could not be copied:\n{copying.last_words()}")
    if account:
        os.chown(data, account.uid, account.gid)
    port = free_port()
    # What the primary allows, a replica must allow too.
    settings = {**postgres.THROWAWAY, "hot_standby": "on", "wal_receiver_status_interval": "1s"}
    child = postgres.serve(data, programs_folder, port, account=account, log=log, settings=settings, tied=True)
    return Postgres(primary_url.replace(f":{parts.port}/", f":{port}/"), child)

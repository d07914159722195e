"""PostgreSQL refuses to run as root: the account to run servers as, and files where it can reach them."""

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SHARED = Path("/var/lib/fleet")  # for root only: where the unprivileged account can reach


@dataclass(frozen=True)
class Account:
    """An unprivileged account of the machine, used when we are root."""

    uid: int
    gid: int

    def can(self, test: str, path: Path) -> bool:
        """Ask the kernel, as that account: `test` is a flag of test(1), e.g. -x."""
        asked = subprocess.run(
            ["/bin/sh", "-c", f'test {test} "$0"', str(path)],
            cwd="/",
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return asked.returncode == 0


def unprivileged(folder: Path) -> Account | None:
    """Return the account to drop to, or None when we are an ordinary user already.

    Data that an ordinary user has created stays theirs when root starts the servers over it.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.stat().st_uid, folder.stat().st_gid)
    for name in ("postgres", "nobody"):  # initdb wants an account with a name
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def own_folder(folder: Path, account: Account | None) -> Path:
    """Create the folder for the account and return where it really is.

    Under a home of mode 0700 the account could not reach it; then it lives in /var/lib/fleet and `folder` is a link.
    """
    if folder.is_symlink() and not folder.exists():
        folder.unlink()  # the place it led to is gone
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        return folder.resolve()
    real = folder.resolve()
    os.chown(real, account.uid, account.gid)
    if not account.can("-w", real):
        elsewhere = _shared() / f"{folder.name}-{secrets.token_hex(6)}"
        shutil.move(real, elsewhere)
        folder.symlink_to(elsewhere)
        real = elsewhere
    return real


def reachable(program: Path, root: Path, name: str, account: Account | None) -> Path:
    """Return the program, copied with the folders beside it when the account cannot run it where it is."""
    if account is None or account.can("-x", program):
        return program
    copy = _shared() / name
    if not copy.exists():
        half = _shared() / f"{name}.{secrets.token_hex(4)}"
        for part in sorted({root, *root.parent.glob(f"{root.name}.libs")}):
            shutil.copytree(part, half / part.name, symlinks=True)
        half.chmod(0o755)
        half.rename(copy)
    return copy / program.relative_to(root.parent)


def _shared() -> Path:
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    SHARED.chmod(0o755)  # whatever the umask says
    return SHARED

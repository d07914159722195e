"""gunicorn as it runs in production, started for the measurement and stopped after it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.db import connection

from fleet.local.process import CannotStart, Child, free_port, start, wait_until

_ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def serving(application: str, *, workers: int, threads: int, probe: str, **more: str) -> Iterator[tuple[int, Child]]:
    """Yield port and process of a gunicorn that answers `probe`. Raises CannotStart with its last words.

    `more` are variables of its environment.
    """
    port = free_port()
    variables = {
        **os.environ,
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])
        ._replace(path=f"/{connection.settings_dict['NAME']}")
        .geturl(),
        "FLEET_BIND": f"127.0.0.1:{port}",
        "FLEET_WEB_WORKERS": str(workers),
        "FLEET_WEB_THREADS": str(threads),
        "FLEET_DATABASE_POOL": str(threads),
        "FLEET_LOG_LEVEL": "WARNING",
        "FLEET_RATES": "anonymous=1000000000/1m,user=1000000000/1m,key=1000000000/1m",  # counted, never refused
        **more,
    }
    with TemporaryDirectory(prefix="fleet-bench-") as folder:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:fleet.gunicorn", application]
        child = start("gunicorn", command, log=Path(folder) / "web.log", env=variables, cwd=_ROOT)
        try:
            if not wait_until(lambda: _answers(port, probe), child, 30):
                raise CannotStart(f"gunicorn does not answer: {child.last_words()}")
            yield port, child
        finally:
            child.stop()


def memory_mb(child: Child) -> float | None:
    """Return the proportional memory of the web tier, or None where the kernel does not tell."""
    total = 0
    for pid in _family(child.process.pid):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return None
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu_seconds(child: Child) -> float:
    """Return what the web tier has worked so far: what others do on the machine changes that little. 0: untold."""
    total = 0
    for pid in _family(child.process.pid):
        with suppress(OSError):
            total += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(part) for part in children.read_text().split()] if children.exists() else []
    return [pid, *(descendant for one in found for descendant in _family(one))]


def _answers(port: int, path: str) -> bool:
    asked = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asked.request("GET", path)
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()

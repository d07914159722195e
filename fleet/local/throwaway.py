"""Services for one run of a test or a check: in a temporary folder, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fleet.local import services
from fleet.local.strangers import command_line

_PREFIX = "fleet-throwaway-"


@contextmanager
def running(given: Mapping[str, str], *, databases: int = 16) -> Iterator[dict[str, str]]:
    """Start what `given` does not name and yield the variables that lead there."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)  # root's servers run under another account and must pass through
    try:
        started = services.start(folder, given, throwaway=True, databases=databases)
        try:
            yield started.variables | {"FLEET_THROWAWAY": str(folder)}
        finally:
            started.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of runs that were killed: their servers died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not command_line(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)

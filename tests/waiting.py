"""Waiting for what another process does."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], patience: float = 30) -> None:
    """Return when it is true; fail when it is not after so many seconds."""
    nothing(lambda: "" if true() else "it", patience)


def nothing(missing: Callable[[], object], patience: float = 30) -> None:
    """Return when nothing is missing; after so many seconds fail and say what is."""
    deadline = time.monotonic() + patience
    while lacking := missing():
        assert time.monotonic() < deadline, f"not within {patience:g} s: {lacking}"
        time.sleep(0.02)

"""Waiting for what another process does."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], patience: float = 30) -> None:
    """Return when it is true; fail when it is not after so many seconds."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"not within {patience:g} s"
        time.sleep(0.02)

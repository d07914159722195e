"""Early pytest plugin: one PostgreSQL, one Valkey and one S3 server per session, before Django reads its settings.

It acts when it is imported, because pytest-django loads the settings in the first hook there is. Workers of xdist
inherit the environment of the controller and only choose their own Redis databases and bucket.
"""

import atexit
import os
import signal
from contextlib import ExitStack

import pytest

from fleet.local import throwaway

_REDIS_NUMBERS = 8  # per worker; Fleet uses three


def _start() -> None:
    os.environ["FLEET_ENVIRONMENT"] = "test"
    stack = ExitStack()
    atexit.register(stack.close)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a terminated run cleans up like a Ctrl-C
    os.environ.update(stack.enter_context(throwaway.running(os.environ, databases=64 * _REDIS_NUMBERS)))


def _choose(worker: str) -> None:
    number = (int(worker.removeprefix("gw")) + 1) * _REDIS_NUMBERS
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL']}/{number}"
    os.environ["FLEET_S3_BUCKET"] = f"fleet-{worker}"


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a process, a clock or the end of an outage."""
    return (os.cpu_count() or 1) + 1


if "PYTEST_XDIST_WORKER" in os.environ:
    _choose(os.environ["PYTEST_XDIST_WORKER"])
else:
    _start()

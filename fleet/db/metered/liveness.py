"""A pool's check of a connection that costs no round trip while it is alive."""

import select
from typing import Any

from psycopg_pool import ConnectionPool


def still_open(connection: Any) -> None:
    """Raise when the server has hung up, and replace every other idle connection that died with it.

    The pool's own check asks the server each time, and after a restart backs off over one dead connection after
    another: 1, 2, 4 seconds. Nothing to read on an idle connection means that it is alive.
    """
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if not poller.poll(0):
        return
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        connection._pool.check()
        raise


def try_again(pool: ConnectionPool[Any]) -> None:
    """Connect once more for those who wait: every thread may be among them, and then no new check-out asks for it."""
    with pool._lock:
        if pool._waiting:
            pool._maybe_grow_pool()

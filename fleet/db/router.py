"""Where reads go: to the primary, unless somebody asks for a replica (ADR 4).

    with replica_reads():                    # reports and exports
        rows = list(Contract.objects.out())

    table = read(lambda: revenue(span))      # the same, and once more on the primary when the replica dies meanwhile

Writes, locks and everything inside a transaction go to the primary.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from fleet import actor
from fleet.db import replicas

# Who may do what is always asked of the primary: a role that was taken away works no second longer.
_ON_PRIMARY = frozenset({"accounts", "auth", "sessions", "contenttypes"})
_chosen: ContextVar[str | None] = ContextVar("fleet_replica", default=None)


def alias() -> str:
    """Return where this block reads, for SQL of our own."""
    chosen = _chosen.get()
    return chosen if chosen and not connections[DEFAULT_DB_ALIAS].in_atomic_block else DEFAULT_DB_ALIAS


@contextmanager
def replica_reads(by: Any = None) -> Iterator[None]:
    """Read from a replica for the block, if one answers and has what `by` (or the acting user) has just written."""
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        yield  # what this transaction has written is nowhere else
        return
    user = by or actor.current_user()
    token = _chosen.set(replicas.choose(user.pk if user else None))
    try:
        yield
    finally:
        _chosen.reset(token)


def read[R](work: Callable[[], R], *, by: Any = None) -> R:
    """Do the reading on a replica, and on the primary when that fails; `work` may run twice and writes nothing."""
    with replica_reads(by):
        where = alias()
        try:
            return work()
        except replicas.GONE as error:
            if where == DEFAULT_DB_ALIAS:
                raise
            replicas.avoid(where, error)
            replicas.close(where)
    return work()


class ReplicaRouter:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS if model._meta.app_label in _ON_PRIMARY else alias()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # the same rows, read in two places

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS

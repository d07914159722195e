"""Rows that wait for the end of a unit of work: many in one statement, still in the transaction of the change.

A contract that is booked leaves six audit entries; written one by one they would cost as much as the booking.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, models, transaction

_BATCH = 500


class _Waiting:
    """A row, registered with `on_commit` only because Django drops those of a savepoint that is rolled back."""

    def __init__(self, row: models.Model) -> None:
        self.row = row

    def __call__(self) -> None:
        """Nothing is left to do at the commit."""


_waiting: ContextVar[list[_Waiting] | None] = ContextVar("fleet_waiting", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """Write what `add()` was given at the end of the block, which must lie inside one transaction.

    The outermost block writes; a block that raises writes nothing.
    """
    if _waiting.get() is not None:
        yield
        return
    rows: list[_Waiting] = []
    token = _waiting.set(rows)
    try:
        yield
    finally:
        _waiting.reset(token)
    _write(rows)


def add(row: models.Model) -> None:
    """Insert the row at the end of the unit of work, or at once when there is none."""
    rows = _waiting.get()
    if rows is None:
        row.save(force_insert=True)
        return
    waiting = _Waiting(row)
    transaction.on_commit(waiting)
    rows.append(waiting)


def _write(rows: list[_Waiting]) -> None:
    if not rows:
        return
    still_wanted = {id(registered[1]) for registered in connection.run_on_commit}
    by_model: defaultdict[type[models.Model], list[models.Model]] = defaultdict(list)
    for waiting in rows:
        if id(waiting) in still_wanted:
            by_model[type(waiting.row)].append(waiting.row)
    for model, instances in by_model.items():
        model._default_manager.bulk_create(instances, batch_size=_BATCH)

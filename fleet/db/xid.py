"""PostgreSQL's transaction numbers: in which transaction a row was written, and which may still be under way.

A row with a smaller id may appear after one with a larger id, because its transaction commits later. Who reads on from
the last row he has seen would miss it. Ordered by (transaction, id), and only up to the oldest transaction that is
still under way, nothing can appear in between.
"""

from typing import Any

from django.db import models
from django.db.models import Func

_END = 2**64


class XidField(models.Field):  # type: ignore[type-arg] # generic for the type checker only
    """A transaction's number: 64 bits, never reused within one cluster."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        if prepared is None or hasattr(prepared, "resolve_expression"):
            return prepared
        if not 0 <= int(prepared) < _END:
            raise ValueError(f"{prepared} is no transaction's number")
        return str(int(prepared))


class CurrentXid(Func):
    """The number of this transaction."""

    template = "pg_current_xact_id()"
    arity = 0
    output_field = XidField()


class OwnXid(Func):
    """The number of this transaction if it has written something, else NULL."""

    template = "pg_current_xact_id_if_assigned()"
    arity = 0
    output_field = XidField()


class OldestUnderWay(Func):
    """Every transaction with a smaller number is over."""

    template = "pg_snapshot_xmin(pg_current_snapshot())"
    arity = 0
    output_field = XidField()


class FirstUnknown(Func):
    """No transaction with a number from here on is over: what is committed and bears one came from another cluster."""

    template = "pg_snapshot_xmax(pg_current_snapshot())"
    arity = 0
    output_field = XidField()

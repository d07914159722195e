"""Writes that wait for the end of a unit of work: all of them in one statement, in the transaction of the change.

    with unit.work():                        # what @verb does: one transaction
        unit.insert(row)                         # as row.save() of a new row: signature, signals, audit entry
        unit.update(row, "status")               # as row.save(update_fields=["status"]), the check of the version too
        unit.add(entry)                          # without signals: the trail, the outbox

Nobody sees the difference: who reads or writes a table for which something waits gets it written first, and so does
who opens a savepoint (fleet/db/metered). A contract that is booked is seven INSERTs in four tables and the trail; one
by one they would cost more than everything else. Docs: docs/adr/0033.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DataError, IntegrityError, connection, models, transaction
from django.db.models.signals import m2m_changed, post_save, pre_save

from fleet.db import waiting, writes
from fleet.db.constraints import constraint_name, translated
from fleet.db.writes import Late, Write
from fleet.errors import DomainError, Stale

type Refused = Mapping[str, Callable[[], DomainError]]  # name of a constraint → what it says


class _Waiting:
    """A write, registered with `on_commit` only because Django drops those of a savepoint that is rolled back."""

    def __init__(self, write: Write) -> None:
        self.write = write

    def __call__(self) -> None:
        """Nothing is left to do at the commit."""


class _Unit:
    def __init__(self) -> None:
        self.tables: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._keys: set[tuple[type[models.Model], Any]] = set()
        self._refused: dict[str, Callable[[], DomainError]] = {}
        self.late: Late | None = None
        self.said: Refused | None = None  # by the constraints of what travels with the COMMIT

    def take(self, model: type[models.Model], pk: Any, write: Write, refused: Refused) -> None:
        """Let the write wait; a row is written once in a statement."""
        if pk is not None:
            if (model, pk) in self._keys:
                self.write()
            self._keys.add((model, pk))
        self._refused.update(refused)
        self.tables.add(model._meta.db_table)
        one = _Waiting(write)
        transaction.on_commit(one)
        self._waiting.append(one)

    def write(self, *, last: bool = False) -> None:
        """Write what waits and is still wanted. Raises Stale, and what the constraints say.

        `last`: the COMMIT comes next, and both speak then (`said`).
        """
        found, refused = self._waiting, self._refused
        self._waiting, self._refused = [], {}
        late, self.late = self.late, None
        self._keys.clear()
        self.tables.clear()
        if not found:
            return
        still_wanted = {id(registered[1]) for registered in connection.run_on_commit}
        wanted = [one.write for one in found if id(one) in still_wanted]
        if last:
            self.said = refused
            writes.run(wanted, late, last=True)
        else:
            with translated(refused, savepoint=False):
                writes.run(wanted, late)

    def refusal(self, error: IntegrityError | DataError) -> Exception:
        """Return what the error means when it came with the COMMIT, else the error."""
        if self.said is None:
            return error
        if writes.lost(error):
            return Stale()
        build = self.said.get(constraint_name(error))
        return build() if build else error


@contextmanager
def work() -> Iterator[None]:
    """Do a unit of work: one transaction, whose last statement travels with its COMMIT."""
    if active():
        with transaction.atomic(savepoint=False):  # what it refuses, the outer one cannot make good
            yield
        return
    unit = _Unit()
    alone = not connection.in_atomic_block
    try:
        with transaction.atomic(), waiting.bound(unit):
            yield
            unit.write(last=alone and _about_to_commit())
    except (IntegrityError, DataError) as error:
        meant = unit.refusal(error)
        if meant is error:
            raise
        raise meant from error


def _about_to_commit() -> bool:
    """Say whether the end of the transaction's block is its COMMIT: where it is not, to write says why."""
    sound = not connection.needs_rollback and not connection.closed_in_transaction
    return sound and connection.sends_messages  # type: ignore[attr-defined]


@contextmanager
def gathered() -> Iterator[None]:
    """Let writes wait for the end of the block, which must lie inside one transaction.

    The outermost block writes; a block that raises writes nothing.
    """
    if active():
        yield
        return
    unit = _Unit()
    with waiting.bound(unit):
        yield
        unit.write()


def active() -> bool:
    return waiting.current() is not None


def write() -> None:
    """Write what waits, now."""
    waiting.write()


def make_late(late: Late) -> None:
    """Let PostgreSQL make a text of this unit's rows when they are written, and not before."""
    unit = _current()
    if unit is None:
        raise RuntimeError("what is made late belongs inside a unit of work")
    if unit.late is not None:
        unit.write()
    unit.late = late


def add(row: models.Model, *, once: bool = False) -> None:
    """Insert the row as it is; `once` lets a row that is there already stand."""
    unit = _current()
    if unit is not None:
        unit.take(type(row), row.pk, writes.insert(row, once=once), {})
    elif once:
        type(row)._default_manager.bulk_create([row], ignore_conflicts=True)
    else:
        row.save(force_insert=True)


def add_plain(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Insert a row that nobody needs as an instance, by its columns. Only inside a unit of work."""
    unit = _current()
    if unit is None:
        raise RuntimeError("a row that is no instance belongs inside a unit of work")
    unit.take(model, None, writes.plain(model, values), {})


def insert[R: models.Model](row: R, refused: Refused | None = None) -> R:
    """Save a new row. `refused` says what its constraints mean."""
    unit = _current()
    if unit is None:
        with translated(refused or {}):
            row.save(force_insert=True)
        return row
    sign = getattr(row, "sign", None)
    if sign is not None:
        sign()
    sent: dict[str, Any] = {"sender": type(row), "instance": row, "raw": False, "using": DEFAULT_DB_ALIAS}
    pre_save.send(update_fields=None, **sent)
    unit.take(type(row), row.pk, writes.insert(row), refused or {})
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    post_save.send(created=True, update_fields=None, **sent)
    return row


def update[R: models.Model](row: R, *names: str, refused: Refused | None = None) -> R:
    """Save some fields of a row of our base. Raises Stale, at the end of the unit, when somebody else saved it."""
    unit = _current()
    if unit is None:
        with translated(refused or {}):
            row.save(update_fields=names)
        return row
    versioned: Any = row
    written = frozenset((*names, "version", "updated_at"))
    sent: dict[str, Any] = {"sender": type(row), "instance": row, "raw": False, "using": DEFAULT_DB_ALIAS}
    read, versioned.version = versioned.version, versioned.version + 1
    pre_save.send(update_fields=written, **sent)
    unit.take(type(row), row.pk, writes.update(row, written, version=read), refused or {})
    post_save.send(created=False, update_fields=written, **sent)
    return row


def link(row: models.Model, name: str, others: Iterable[models.Model]) -> None:
    """Put others into a many-to-many relation of a new row."""
    manager = getattr(row, name)
    found = list(others)
    if _current() is None:
        manager.set(found)
        return
    field: Any = row._meta.get_field(name)
    through: Any = field.remote_field.through
    for other in found:
        add(through(**{field.m2m_field_name(): row, field.m2m_reverse_field_name(): other}))
    keys: Collection[Any] = {other.pk for other in found}
    m2m_changed.send(
        sender=through,
        instance=row,
        action="post_add",
        reverse=False,
        model=field.related_model,
        pk_set=keys,
        using=DEFAULT_DB_ALIAS,
    )


def _current() -> "_Unit | None":
    found = waiting.current()
    return found if isinstance(found, _Unit) else None

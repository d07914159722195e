"""What the doctor asks about the ledger and the work of the clock."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from contracts.models import Contract
from fleet.checkup import Check, Finding, broken, ok, warning

_LATE = timedelta(minutes=10)
_OVERLAPS = """
    SELECT a.id::text FROM cars_occupancy a JOIN cars_occupancy b
        ON b.car_id = a.car_id AND b.id > a.id AND b.period && a.period AND b.released_at IS NULL
    WHERE a.released_at IS NULL AND upper(a.period) > now()"""
# A rental that takes a car while no contract in its course stands behind it.
_ORPHANS = """
    SELECT o.id::text FROM cars_occupancy o
    LEFT JOIN contracts_assignment a ON a.occupancy_id = o.id LEFT JOIN contracts_contract c ON c.id = a.contract_id
    WHERE o.released_at IS NULL AND o.kind = 'rental' AND upper(o.period) > now()
    AND (a.id IS NULL OR c.status IN ('cancelled', 'expired', 'no_show'))"""


def _none(statement: str, what: str, repair: str) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(id) FROM ({statement}) AS found (id)")  # noqa: S608 - constants
        count, first = cursor.fetchone()
    return broken(f"{count} {what}, first: {first}", repair) if count else ok("none")


def nothing_overlaps() -> Finding:
    return _none(_OVERLAPS, "overlapping", "release one of the two in the admin, then: manage.py migrate")


def no_orphans() -> Finding:
    return _none(_ORPHANS, "without a contract behind it", "release it in the admin: Occupancies")


def holds_expire() -> Finding:
    late = Contract.objects.hold_passed(timezone.now() - _LATE).count()
    if not late:
        return ok("none is late")
    return warning(f"{late} passed and not expired", "celery -A fleet beat, celery -A fleet worker")


CHECKS: dict[str, Check] = {"overlaps": nothing_overlaps, "orphan occupancies": no_orphans}
CLOCK: dict[str, Check] = {"holds": holds_expire}

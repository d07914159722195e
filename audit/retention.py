"""Retention: what is old, sealed and exported goes; its seals stay, so the chain still holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit import chain, segments
from audit.archive import Written
from audit.models import Seal
from fleet.errors import DomainError


class Tampered(DomainError):
    code = "trail_tampered"
    status = 409


def note_export(first: int, last: int, *, name: str, written: Written, now: datetime) -> int:
    """Write on the seals where their entries have gone; returns how many."""
    kept = Seal.objects.filter(number__range=(first, last), removed_at__isnull=True)
    return kept.update(exported_at=now, export_name=name[:200], export_sha256=written.sha256)


def due(*, keep: timedelta, now: datetime) -> Iterator[Seal]:
    """Yield the seals, oldest first, whose entries are all older than what is kept; a gap is never left."""
    for seal in Seal.objects.defer("leaves").filter(removed_at__isnull=True).order_by("number"):
        if seal.last_at >= now - keep:
            return
        yield seal


@transaction.atomic
def remove(number: int, *, now: datetime) -> int:
    """Remove the entries under one exported seal; returns how many. Raises Tampered when they are not as sealed.

    The setting names the seal: the table's trigger lets go only of what lies under it (audit/migrations/0003).
    """
    seal = Seal.objects.select_for_update().get(pk=number)
    segment = seal.segment()
    lines = segments.lines(None if number == 1 else seal.after_id, seal.last_id)
    broken = chain.row_problem(segment, lines)
    if broken is not None or chain.seal_digest(segment) != segment.digest:
        raise Tampered(f"Nothing is removed from a trail that was tampered with: {broken or f'seal {number}'}.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fleet.retention', %s, true)", [str(number)])
        cursor.execute(
            "DELETE FROM auditlog_logentry WHERE id > %s AND id <= %s",
            [seal.after_id, seal.last_id],
        )
        removed = int(cursor.rowcount)
        Seal.objects.filter(pk=number).update(removed_at=now, leaves=None)
        cursor.execute("SELECT set_config('fleet.retention', '', true)")
    return removed

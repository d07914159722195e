"""What the doctor asks about the trail."""

from datetime import timedelta

from auditlog.models import LogEntry
from django.utils import timezone

from audit import proving, runs
from audit.models import Seal
from fleet.checkup import Finding, broken, ok, warning

_LATE = timedelta(minutes=30)
_RECENT = 3  # seals that are proved; `audit_verify` proves all


def trail_is_sealed() -> Finding:
    head = Seal.objects.defer("leaves").order_by("number").last()
    waiting = LogEntry.objects.filter(id__gt=head.last_id if head else 0).order_by("id")
    oldest = waiting.values_list("timestamp", flat=True).first()
    sealed = f"sealed up to {head.last_at:%Y-%m-%d %H:%M} UTC" if head else "never sealed"
    if oldest is None or timezone.now() - oldest < _LATE:
        return ok(sealed)
    return warning(f"{sealed}; entries of {oldest:%Y-%m-%d %H:%M} wait", "manage.py audit_seal; celery -A fleet beat")


def newest_seals_hold() -> Finding:
    last = Seal.objects.order_by("number").values_list("number", flat=True).last()
    if last is None:
        return ok("no seal yet")
    first = max(last - _RECENT + 1, 1)
    proof = proving.prove(proving.in_place(first, last), first=first)
    if proof.broken is not None:
        return broken(str(proof.broken), "manage.py audit_verify; look who had the database")
    return ok(f"{proof.entries:,} entries under seals {first} to {last}")


def jobs_run() -> Finding:
    failed = runs.failing()
    if failed:
        return broken(
            f"{failed[0].job} failed last: {failed[0].error}", "open Job runs in the admin; the log of the worker"
        )
    late = runs.late(timezone.now())
    if not late:
        return ok(f"{len(runs.jobs())} in time")
    return warning(f"{len(late)} late, first: {min(late)}", "celery -A fleet beat, celery -A fleet worker")


CHECKS = {"sealing": trail_is_sealed, "newest seals": newest_seals_hold}
CLOCK = {"jobs": jobs_run}

"""Every run of a job by the clock, put on record by the worker that did it."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from audit.models import JobRun

_KEPT: Final = timedelta(days=90)
_logger = logging.getLogger(__name__)
_began: dict[str, datetime] = {}


def connect() -> None:
    """Listen to Celery; called once, when the apps are ready."""
    task_prerun.connect(_starts)
    task_postrun.connect(_ends)


def jobs() -> dict[str, timedelta]:
    """Return the jobs that the clock starts, each with the time between two runs."""
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    return {one["task"]: timedelta(seconds=one["schedule"]) for one in schedule.values()}


def ran(job: str, *, started: datetime, ended: datetime, found: Any = None, error: BaseException | None = None) -> None:
    """Put one run on record; `found` is what the job returned."""
    if error is not None:
        JobRun.objects.create(
            job=job, outcome="failed", started_at=started, ended_at=ended, error=type(error).__name__[:100]
        )
    elif found:
        handled = found if isinstance(found, int) else None
        JobRun.objects.create(job=job, outcome="done", started_at=started, ended_at=ended, handled=handled)
    else:
        _idle(job, started, ended)


def _idle(job: str, started: datetime, ended: datetime) -> None:
    """Prolong the row of the runs before, if they had nothing to do either."""
    with transaction.atomic():
        last = JobRun.objects.filter(job=job).select_for_update().order_by("-ended_at", "-id").first()
        if last is None or last.outcome != JobRun.Outcome.IDLE:
            JobRun.objects.create(job=job, outcome="idle", started_at=started, ended_at=ended)
        else:
            JobRun.objects.filter(pk=last.pk).update(times=F("times") + 1, ended_at=max(last.ended_at, ended))


def late(now: datetime) -> list[str]:
    """Return the jobs whose last run lies further back than three times the time between two runs.

    A clock that has just been started owes nothing yet.
    """
    first = JobRun.objects.order_by("started_at").values_list("started_at", flat=True).first()
    ended = {run.job: run.ended_at for run in _last()}
    due = {job: now - 3 * every - timedelta(minutes=1) for job, every in jobs().items()}
    return [job for job, since in due.items() if first and first < since and ended.get(job, first) <= since]


def failing() -> list[JobRun]:
    """Return the last run of every job whose last run failed."""
    return [run for run in _last() if run.outcome == JobRun.Outcome.FAILED]


def _last() -> QuerySet[JobRun]:
    """Return the last run of every job."""
    return JobRun.objects.filter(job__in=jobs()).order_by("job", "-ended_at", "-id").distinct("job")


def purge(*, now: datetime) -> int:
    """Delete runs of more than 90 days ago; return how many."""
    return JobRun.objects.filter(ended_at__lt=now - _KEPT).delete()[0]


def _starts(task_id: str, task: Any, **rest: Any) -> None:
    if task.name in jobs():
        _began[task_id] = timezone.now()


def _ends(task_id: str, task: Any, state: str | None = None, retval: Any = None, **rest: Any) -> None:
    started = _began.pop(task_id, None)
    if started is None or state not in ("SUCCESS", "FAILURE"):
        return
    error = retval if state == "FAILURE" and isinstance(retval, BaseException) else None
    try:
        ran(task.name, started=started, ended=timezone.now(), found=retval, error=error)
    except DatabaseError:
        _logger.exception("could not put a run of %s on record", task.name)

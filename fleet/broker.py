"""Waking workers: a message after the commit that may get lost, because a sweep by the clock finds what waits."""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


class _Wake:
    def __init__(self, task: str, queue: str) -> None:
        self.task, self.queue = task, queue

    def __call__(self) -> None:
        try:
            current_app.send_task(self.task, queue=self.queue, retry=False, expires=60)
        except Exception:
            logger.warning("could not wake %s; the sweep will", self.task, exc_info=True)


def wake(task: str, *, queue: str = "default") -> None:
    """Ask for a run of the task after the commit, once per transaction; a broker that is down fails nobody."""
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if not any(isinstance(one, _Wake) and (one.task, one.queue) == (task, queue) for one in waiting):
        transaction.on_commit(_Wake(task, queue), robust=True)

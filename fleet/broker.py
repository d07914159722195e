"""Waking workers: a message after the commit that nobody waits for; a sweep by the clock finds what got lost."""

import logging
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction

from fleet import counters
from fleet.later import Later

_logger = logging.getLogger(__name__)
_SAME_SERVER: Final = urlsplit(settings.CELERY_BROKER_URL).netloc == urlsplit(settings.BROKER_URL).netloc


@dataclass(frozen=True)
class _Wake:
    task: str
    queue: str

    def __call__(self) -> None:
        """Send it; while the broker is away the thread that looks for it does, when it is back."""
        if _missed.trying or (_SAME_SERVER and counters.away()):
            _missed.add({self})
            return
        try:
            _send({self})
        except Exception as error:
            _logger.info("could not wake %s: %s", self.task, error)
            _missed.add({self})


def wake(task: str, *, queue: str = "default") -> None:
    """Ask for a run of the task after the commit, once per transaction; a broker that is down fails nobody."""
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if not any(one == _Wake(task, queue) for one in waiting):
        transaction.on_commit(_Wake(task, queue), robust=True)


def _send(wakes: set[_Wake]) -> None:
    for one in wakes:
        current_app.send_task(one.task, queue=one.queue, retry=False, expires=60)


_missed: Final[Later[_Wake]] = Later("broker", _send, every=0.2)

"""Letters and reminders by the clock; every task may run on any number of workers, any number of times."""

import time
from typing import Final

from celery import shared_task
from django.utils import timezone

from notifications import delivery, reminders, webhooks

_PAUSE: Final = 8.0  # seconds; the sweep comes every ten
_silent = {"until": 0.0}  # of this process


@shared_task(name="notifications.tasks.deliver_mail")
def deliver_mail() -> int:
    """Send what waits; return how many letters were sent.

    Every letter that is written wakes one of us. While the server does not answer most end at once: whoever waits for
    it keeps others waiting, who need no mail server.
    """
    if time.monotonic() < _silent["until"]:
        return 0
    outcome = delivery.deliver(now=timezone.now())
    _silent["until"] = time.monotonic() + _PAUSE if outcome.unreachable else 0.0
    return outcome.sent


@shared_task(name="notifications.tasks.call_webhooks")
def call_webhooks() -> int:
    """Hand events to the webhooks and post what is due; return how much arrived."""
    now = timezone.now()
    while webhooks.relay(now=now):
        pass
    return webhooks.deliver(now=now)


@shared_task(name="notifications.tasks.remind")
def remind() -> int:
    """Do the day's reminding, from six in the morning on; return how many notices were written."""
    local = timezone.localtime()
    return reminders.remind(on=local.date()).told if local.hour >= 6 else 0

"""Letters and reminders by the clock; every task may run on any number of workers, any number of times."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery, reminders, webhooks


@shared_task(name="notifications.tasks.deliver_mail")
def deliver_mail() -> int:
    """Send what waits; return how many letters were sent."""
    return delivery.deliver(now=timezone.now()).sent


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

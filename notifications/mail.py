"""Letters leave through here: a row in the transaction of the change, sent later by whoever delivers."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from fleet import broker
from notifications.letters import TEMPLATES
from notifications.models import Email

wake = partial(broker.wake, "notifications.tasks.deliver_mail", queue="mail")


def queue(template: str, *, to: str, language: str, context: dict[str, Any], key: str) -> bool:
    """Write one letter to be sent after the commit; the same key a second time writes nothing.

    Returns whether it is new.
    `context` holds what the template says, in plain values, and no secret. Raises RuntimeError outside a transaction
    and LookupError for a template that does not exist.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("queue() belongs inside the transaction of the change it tells of")
    if template not in TEMPLATES:
        raise LookupError(f"there is no e-mail template {template!r}")
    letter = Email(template=template, to=to, language=language, context=context, key=key, next_try_at=timezone.now())
    Email.objects.bulk_create([letter], ignore_conflicts=True)
    wake()
    return Email.objects.filter(pk=letter.pk).exists()

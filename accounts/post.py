"""Letters of accounts: what is queued names the person, never the link; the worker makes it when it sends.

Stands behind `FLEET_MAIL_QUEUE`, in the shape that every mail of the house has.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override

from accounts import links
from accounts.models import User
from fleet import counters


def queue(template: str, *, to: str, language: str, context: dict[str, Any], key: str) -> None:
    """Let a worker send it when the transaction is done; the same key again sends nothing."""
    answers = counters.ask([("SET", f"mail:{key}", 1, "NX", "EX", 86_400)])
    if answers == [None]:
        return
    task = import_string("accounts.tasks.send_link")
    transaction.on_commit(partial(task.delay, template, context["user"]), robust=True)


def send(template: str, user_id: str) -> None:
    """Write the letter, with a link that begins to live now, and hand it to the mail server."""
    now = timezone.now()
    user = User.objects.active().filter(pk=user_id).exclude(email="").first()
    if user is None:
        return
    minutes = int(links.LIVES[template].total_seconds()) // 60
    context = {"user": user, "link": links.address(template, user.pk, now=now), "hours": minutes // 60}
    with override(user.language):
        subject, _, text = render_to_string(f"accounts/{template}.txt", context).partition("\n")
        send_mail(subject.strip(), text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])

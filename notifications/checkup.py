"""What the doctor asks about letters."""

from datetime import timedelta

from django.utils import timezone

from fleet.checkup import Finding, ok, warning
from notifications.models import Email

_LATE = timedelta(minutes=10)


def letters_leave() -> Finding:
    now = timezone.now()
    waiting = Email.objects.filter(status=Email.Status.QUEUED, next_try_at__lte=now)
    oldest = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    if oldest is None or now - oldest < _LATE:
        return ok("none is late")
    late = (now - oldest).total_seconds() / 60
    return warning(f"the oldest is {late:.0f} min late", "celery -A fleet worker -Q mail")


def letters_were_not_given_up() -> Finding:
    given_up = Email.objects.filter(status=Email.Status.FAILED).count()
    return ok("none given up") if not given_up else warning(f"{given_up} given up", "open E-mails in the admin")


CHECKS = {"letters": letters_leave, "given up": letters_were_not_given_up}

"""What happens beside a log-in."""

from typing import Any

from django.utils import timezone

from accounts.models import User


def note_login(sender: Any, user: User, **options: Any) -> None:
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())

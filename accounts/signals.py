"""What happens beside a log-in."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from accounts import sessions
from accounts.models import User
from fleet.actor import client_ip


def note_login(sender: Any, user: User, request: Any = None, **options: Any) -> None:
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=now)
    session = getattr(request, "session", {})
    if session.get(SESSION_KEY) == str(user.pk):  # not for a token
        sessions.note(session, now=now, address=client_ip(request), program=request.headers.get("User-Agent", ""))

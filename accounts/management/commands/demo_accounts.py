"""`manage.py demo_accounts`: one log-in per role; works in the demo only."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.demo import PASSWORD
from accounts.models import User
from accounts.roles import STAFF_ROLES


class Command(BaseCommand):
    help = "Create or refresh one log-in per role, with the demo's password. Example: demo_accounts"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "demo":
            raise CommandError("The demo's password is known to everyone: this works with FLEET_ENVIRONMENT=demo only.")
        for role in STAFF_ROLES:
            _log_in(role)
        self.stderr.write(f"Log-ins: {', '.join(STAFF_ROLES)}.")


def _log_in(role: str) -> User:
    """Return the user named after the role, with its rights and the demo's password again."""
    user = User.objects.filter(username=role).first() or User(username=role, first_name=role.title(), last_name="Demo")
    user.is_staff, user.is_active = True, True
    if not user.check_password(PASSWORD):  # a new hash would end the sessions of a running browser
        user.set_password(PASSWORD)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=role)[0]])
    return user

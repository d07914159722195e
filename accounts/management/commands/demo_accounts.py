"""`manage.py demo_accounts`: one log-in per role and an integrator's key; works in the demo only."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from accounts import keys
from accounts.demo import PASSWORD
from accounts.errors import KeyRefused
from accounts.models import User
from accounts.roles import STAFF_ROLES
from fleet.local.state import write_private


class Command(BaseCommand):
    help = "Create or refresh one log-in per role. Examples: demo_accounts; demo_accounts --key-file key.txt"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key-file", type=Path, help="where the integrator's key is kept, made when missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "demo":
            raise CommandError("The demo's password is known to everyone: this works with FLEET_ENVIRONMENT=demo only.")
        with transaction.atomic():
            for role in STAFF_ROLES:
                _account(role, is_staff=True)
            integrator = _account("integrator", is_staff=False)
        if options["key_file"]:
            _keep_key(options["key_file"], integrator)
        self.stderr.write(f"Log-ins: {', '.join(STAFF_ROLES)}.")


def _account(role: str, *, is_staff: bool) -> User:
    """Return the user named after the role, with its rights and the demo's password again."""
    user = User.objects.filter(username=role).first() or User(username=role, first_name=role.title(), last_name="Demo")
    user.is_staff, user.is_active = is_staff, True
    if not is_staff:
        user.set_unusable_password()
    elif not user.check_password(PASSWORD):  # a new hash of the same password would end running sessions
        user.set_password(PASSWORD)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=role)[0]])
    return user


def _keep_key(file: Path, user: User) -> None:
    """Make a key unless the file's one still works; the database has only its digest."""
    try:
        keys.verify(file.read_text(), now=now())
    except (FileNotFoundError, KeyRefused):
        write_private(file, keys.issue("Demo", user=user, by=None).plain)

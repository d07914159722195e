"""`manage.py demo_accounts`: one log-in per role and an integrator's key; works in the demo only."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.core.management.base import CommandError, CommandParser
from django.utils.timezone import now

from accounts import keys
from accounts.demo import PASSWORD
from accounts.errors import KeyRefused
from accounts.models import User
from accounts.roles import ROLES, STAFF_ROLES
from fleet.local.state import write_private
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Create one log-in per role with the demo's password, or put right what was changed."
    examples = ("demo_accounts", "demo_accounts --key-file integrator-key")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--key-file", type=Path, help="where the integrator's key is kept, made when missing")

    def work(self, *, key_file: Path | None, dry_run: bool, **options: Any) -> Counts:
        if settings.ENVIRONMENT != "demo":
            raise CommandError("Everyone knows the demo's password: this works with FLEET_ENVIRONMENT=demo only.")
        changed = [role for role in ROLES if _refresh(role)]
        made = key_file is not None and not dry_run and _make_key(key_file)
        return {"log-ins": len(changed), "keys": int(made)}


def _refresh(role: str) -> bool:
    """Bring the user named after the role to what the README says of it; False when nothing was to do."""
    user = User.objects.filter(username=role).first() or User(username=role, first_name=role.title(), last_name="Demo")
    is_staff = role in STAFF_ROLES
    # A new hash of the same password would end the sessions of those who are logged in.
    right = _is_right(user.password) if is_staff else bool(user.password) and not user.has_usable_password()
    email = user.email or (f"{role}@fleet.example" if is_staff else "")  # the digest goes there
    if right and user.email == email and user.is_active and user.is_staff == is_staff and user.role_names == [role]:
        return False
    user.is_staff, user.is_active, user.email = is_staff, True, email
    user.password = _hash() if is_staff else make_password(None)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=role)[0]])
    return True


# One hash for all of them: Argon2 is slow on purpose, and a public password needs no salt of its own per person.
@cache
def _hash() -> str:
    return make_password(PASSWORD)


@cache
def _is_right(encoded: str) -> bool:
    return bool(encoded) and check_password(PASSWORD, encoded)


def _make_key(file: Path) -> bool:
    """Make a key unless the one in the file still works: the database has no more of it than a digest."""
    try:
        keys.verify(file.read_text(), now=now())
    except (FileNotFoundError, KeyRefused):
        write_private(file, keys.issue("Demo", user=User.objects.get(username="integrator"), by=None).plain)
        return True
    return False

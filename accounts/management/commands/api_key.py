"""`manage.py api_key create|list|revoke`: the credentials of programs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, User
from fleet.actor import current_user
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Create, list and revoke API keys. The key is printed once, on standard output."
    examples = ("api_key create 'Booking site' --user shop --days 365", "api_key list", "api_key revoke 3f9c0a12b4de")

    def arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        create = steps.add_parser("create", help="make a key that acts as a user")
        create.add_argument("label", help="what the key is for")
        create.add_argument("--user", required=True, help="the user name of the account that it acts as")
        create.add_argument("--read-only", action="store_true")
        create.add_argument("--days", type=int, help="after how many days it stops working")
        steps.add_parser("list", help="print prefix, account, last use and state")
        revoke = steps.add_parser("revoke", help="stop a key at once")
        revoke.add_argument("prefix", help="the part between fd_live_ and the second underscore")

    def work(self, **options: Any) -> Counts:
        steps: dict[str, Callable[..., Counts]] = {
            "create": self._create,
            "list": self._list,
            "revoke": self._revoke,
        }
        return steps[options["step"]](**options)

    def _create(self, *, label: str, user: str, read_only: bool, days: int | None, **options: Any) -> Counts:
        if days is not None and days < 1:
            raise CommandError("--days is at least 1.")
        owner = User.objects.filter(username__iexact=user).first()
        if owner is None:
            raise CommandError(f"There is no user {user!r}.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        issued = keys.issue(label, user=owner, by=current_user(), read_only=read_only, expires_at=expires_at)
        self.stdout.write(issued.plain)
        return {"keys": 1}

    def _list(self, **options: Any) -> Counts:
        found = ApiKey.objects.select_related("user")
        for key in found:
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            state = "revoked" if key.revoked_at else "read-only" if key.read_only else "open"
            self.stdout.write(f"{key.prefix}\t{key.user.username}\t{used}\t{state}\t{key.name}")
        return {"keys": len(found)}

    def _revoke(self, *, prefix: str, **options: Any) -> Counts:
        key = ApiKey.objects.filter(prefix=prefix.removeprefix(keys.BEGINNING).partition("_")[0]).first()
        if key is None:
            raise CommandError(f"There is no key {prefix!r}.")
        if key.revoked_at is not None:
            return {"keys": 0}
        keys.revoke(key.pk, by=current_user(), now=timezone.now())
        return {"keys": 1}

"""`manage.py api_key create|roll|list|revoke`: the credentials of programs."""

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
    help = "Create, roll, list and revoke API keys. The key is printed once, on standard output."
    examples = ("api_key create 'Booking site' --user shop --days 365", "api_key list", "api_key revoke 3f9c0a12b4de")

    def arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        create = steps.add_parser("create", help="make a key that acts as a user")
        create.add_argument("label", help="what the key is for")
        create.add_argument("--user", required=True, help="the user name of the account that it acts as")
        create.add_argument("--read-only", action="store_true")
        create.add_argument("--days", type=int, help="after how many days it stops working")
        create.add_argument("--scope", action="append", default=[], help="a permission; may be given more than once")
        create.add_argument("--from", action="append", default=[], dest="addresses", help="an address or network")
        roll = steps.add_parser("roll", help="make the successor of a key; the old one works a day longer")
        roll.add_argument("prefix", help="the part between fd_live_ and the second underscore")
        roll.add_argument("--hours", type=int, default=24, help="how long the old one goes on working (24)")
        steps.add_parser("list", help="print prefix, account, last use and state")
        revoke = steps.add_parser("revoke", help="stop a key at once")
        revoke.add_argument("prefix", help="the part between fd_live_ and the second underscore")

    def work(self, **options: Any) -> Counts:
        steps: dict[str, Callable[..., Counts]] = {
            "create": self._create,
            "roll": self._roll,
            "list": self._list,
            "revoke": self._revoke,
        }
        return steps[options["step"]](**options)

    def _create(
        self,
        *,
        label: str,
        user: str,
        read_only: bool,
        days: int | None,
        scope: list[str],
        addresses: list[str],
        **options: Any,
    ) -> Counts:
        if days is not None and days < 1:
            raise CommandError("--days is at least 1.")
        owner = User.objects.filter(username__iexact=user).first()
        if owner is None:
            raise CommandError(f"There is no user {user!r}.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        limits: dict[str, Any] = {
            "read_only": read_only,
            "scopes": scope,
            "addresses": addresses,
            "expires_at": expires_at,
        }
        self.stdout.write(keys.issue(label, user=owner, by=current_user(), **limits).plain)
        return {"keys": 1}

    def _roll(self, *, prefix: str, hours: int, **options: Any) -> Counts:
        overlap = timedelta(hours=max(0, hours))
        issued = keys.roll(_found(prefix).pk, by=current_user(), now=timezone.now(), overlap=overlap)
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
        key = _found(prefix)
        if key.revoked_at is not None:
            return {"keys": 0}
        keys.revoke(key.pk, by=current_user(), now=timezone.now())
        return {"keys": 1}


def _found(prefix: str) -> ApiKey:
    key = ApiKey.objects.filter(prefix=prefix.removeprefix(keys.BEGINNING).partition("_")[0]).first()
    if key is None:
        raise CommandError(f"There is no key {prefix!r}.")
    return key

"""`manage.py user_add NAME --role ROLE`: a new colleague, and the first administrator of a new installation."""

import getpass
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import people
from accounts.roles import ROLES
from fleet.actor import current_user
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Add a user with a role."
    examples = (
        "user_add amra --role agent --email amra@example.com",
        "user_add admin --role admin --password-stdin < pw",
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", choices=ROLES, required=True, help="may be given more than once")
        parser.add_argument("--email", default="")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        how.add_argument("--no-password", action="store_true", help="nobody can log in until a password is set")

    def work(self, **options: Any) -> Counts:
        fields = {name: options[name] for name in ("email", "first_name", "last_name")}
        user = people.add(
            options["username"], roles=options["role"], password=_password(options), by=current_user(), **fields
        )
        self.stdout.write(str(user.pk))
        return {"users": 1}


def _password(options: dict[str, Any]) -> str | None:
    if options["no_password"]:
        return None
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password: use --password-stdin or --no-password.")
    first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != second:
        raise CommandError("The two passwords differ.")
    return first

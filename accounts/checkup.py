"""What the doctor asks about accounts."""

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import ROLES
from fleet.checkup import Finding, broken, ok, warning


def roles_are_there() -> Finding:
    missing = set(ROLES) - set(Group.objects.values_list("name", flat=True))
    return broken(f"missing: {min(missing)}", "manage.py migrate") if missing else ok(f"{len(ROLES)} roles")


def an_administrator_is_there() -> Finding:
    count = User.objects.active().in_role("admin").count()
    return ok(f"{count} active") if count else warning("nobody", "manage.py user_add NAME --role admin")


CHECKS = {"roles": roles_are_there, "administrators": an_administrator_is_there}

"""Bring Django's groups in line with accounts/roles.py."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.roles import PERMISSIONS


def after_migrate(sender: AppConfig, **options: Any) -> None:
    """Run once per migration: after the last app, when every app has created its permissions."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender.label == last.label:
        sync()


def sync() -> None:
    """Give every role exactly its permissions; running it again changes nothing."""
    known = _known()
    for role, names in PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=role)
        wanted = {known[name] for name in names if name in known}
        present = set(group.permissions.values_list("pk", flat=True))
        group.permissions.remove(*present - wanted)
        group.permissions.add(*wanted - present)


def unknown() -> list[str]:
    """Return the permissions that roles name and no app has; a test keeps it empty."""
    return sorted(set().union(*PERMISSIONS.values()) - set(_known()))


def _known() -> dict[str, int]:
    name = Concat("content_type__app_label", Value("."), "codename")
    return dict(Permission.objects.annotate(full_name=name).values_list("full_name", "pk"))

"""Branches for those who may not know them."""

from uuid import UUID

from cars.models import Branch


def choices() -> list[tuple[UUID, str]]:
    """Return (id, name) of every active branch."""
    return list(Branch.objects.filter(is_active=True).values_list("pk", "name"))

"""A whole company as `manage.py seed` plants it, for reports to be counted by hand."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from cars.models import Branch
from fleet.management.progress import Progress
from fleet.seed.plant import plant
from fleet.seed.scale import Scale

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def company() -> Iterator[None]:
    """Plant it, with a branch on the other side of the ocean, and take it away again."""
    with transaction.atomic():
        plant(Scale(cars=25, customers=60, contracts=400), seed=11, now=NOW, watched=_unwatched)
        far = Branch.objects.order_by("name").first()
        assert far is not None
        far.time_zone = "America/New_York"
        far.save()
        yield
        transaction.set_rollback(True)


def _unwatched(label: str, total: int) -> Any:
    return nullcontext(Progress(label, 0))

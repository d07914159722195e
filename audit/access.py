"""Entries about what is no change: log-ins, exports, downloads, overrides."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from audit.rules import rules_of


def record(what: str, about: models.Model | None, **data: Any) -> None:
    """Write down that it happened; who and through which door, audit/signals.py adds."""
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(about if about is not None else LogEntry),
        object_pk=str(about.pk) if about is not None else what,
        object_repr=rules_of(type(about)).called(about) if about is not None else f"system: {what}",
        action=LogEntry.Action.ACCESS,
        additional_data={"what": what, **data},
    )

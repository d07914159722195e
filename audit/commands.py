"""One entry per run of a command that writes: "system: <command>"."""

from collections.abc import Mapping

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType


def record(name: str, *, counts: Mapping[str, int], warnings: int, seconds: float) -> None:
    """Write down that the command ran and what it counted; who and through which door, audit/signals.py adds."""
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(LogEntry),  # it is about no single object
        object_pk=name,
        object_repr=f"system: {name}",
        action=LogEntry.Action.ACCESS,
        additional_data={"what": "command", "counts": dict(counts), "warnings": warnings, "seconds": round(seconds, 2)},
    )

"""The trail of one object, and of everything."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.db.models.fields.json import KT

_NEWEST_FIRST = ("-timestamp", "-id")


def everything() -> QuerySet[LogEntry]:
    """Return all entries with their actors, newest first; `serialized_data` and `changes_text` are never written."""
    found: QuerySet[LogEntry] = LogEntry.objects.select_related("actor").defer("serialized_data", "changes_text")
    return found.order_by(*_NEWEST_FIRST)


def entries(instance: Model) -> QuerySet[LogEntry]:
    """Return the entries of one object; they outlive it."""
    content_type = ContentType.objects.get_for_model(instance)
    return everything().filter(object_pk=str(instance.pk), content_type=content_type)


def through(queryset: QuerySet[LogEntry], door: str) -> QuerySet[LogEntry]:
    """Keep what came through this door, e.g. `admin` or `key:4f0c…`."""
    found: QuerySet[LogEntry] = queryset.alias(through=KT("additional_data__door")).filter(through=door)
    return found


def accesses(queryset: QuerySet[LogEntry], what: str) -> QuerySet[LogEntry]:
    """Keep the accesses of one kind: `login`, `download`, `export`, `override`."""
    kept: QuerySet[LogEntry] = queryset.filter(action=LogEntry.Action.ACCESS)
    found: QuerySet[LogEntry] = kept.alias(what=KT("additional_data__what")).filter(what=what)
    return found


def what_of(entry: LogEntry) -> str:
    """Return what kind of access it was; an empty text for changes."""
    return str((entry.additional_data or {}).get("what") or "")


def details_of(entry: LogEntry) -> dict[str, Any]:
    """Return what an access says beside its kind and its door: the step that failed, the file, the number of rows."""
    return {name: value for name, value in (entry.additional_data or {}).items() if name not in ("what", "door")}


def model_of(entry: LogEntry) -> type[Model] | None:
    """Return the class the entry is about; None when it is gone, or for entries about no single object."""
    model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
    return None if model is LogEntry else model


def label_of(entry: LogEntry) -> str:
    """Return "customers.customer", or an empty text for entries about no single object."""
    content_type: Any = ContentType.objects.get_for_id(entry.content_type_id)
    label = f"{content_type.app_label}.{content_type.model}"
    return "" if label == LogEntry._meta.label_lower else label


def changed(entry: LogEntry) -> list[tuple[str, list[Any]]]:
    """Return (field, [before, after]) in the order of the model; the database keeps no order."""
    model = model_of(entry)
    if model is None:
        return []
    order = [field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)]
    pairs = (entry.changes or {}).items()
    return sorted(pairs, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))

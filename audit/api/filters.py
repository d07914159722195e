"""Query parameters of the trail."""

from typing import Any

import django_filters
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.validators import validate_ipv46_address
from django.db.models import QuerySet

from audit import history
from audit.api.serializers import ACTIONS
from audit.registry import TRACKED
from fleet.api.filters import InstantFilter

_ACTION_NUMBERS = {name: number for number, name in ACTIONS.items()}


class EntryFilters(django_filters.FilterSet):  # type: ignore[misc]
    actor = django_filters.UUIDFilter(field_name="actor_id")
    action = django_filters.ChoiceFilter(choices=[(name, name) for name in _ACTION_NUMBERS], method="by_action")
    model = django_filters.ChoiceFilter(choices=[(one.lower(), one.lower()) for one in TRACKED], method="by_model")
    object_id = django_filters.CharFilter(field_name="object_pk")
    what = django_filters.CharFilter(method="by_what", label="Kind of access: login, download, export, override …")
    door = django_filters.CharFilter(method="by_door", label="As in the entries: admin, api, key:<prefix> …")
    request_id = django_filters.CharFilter(field_name="cid")
    address = django_filters.CharFilter(field_name="remote_addr", validators=[validate_ipv46_address])

    class Meta:
        model = LogEntry
        fields = ("actor", "action", "model", "object_id", "what", "door", "request_id", "address")

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        # Here, because `from` cannot be the name of an attribute.
        span = {"from": InstantFilter("timestamp", "gte"), "to": InstantFilter("timestamp", "lt")}
        return {**super().get_filters(), **span}

    def by_action(self, queryset: QuerySet[LogEntry], name: str, value: str) -> QuerySet[LogEntry]:
        return queryset.filter(action=_ACTION_NUMBERS[value])

    def by_what(self, queryset: QuerySet[LogEntry], name: str, value: str) -> QuerySet[LogEntry]:
        return history.accesses(queryset, value)

    def by_door(self, queryset: QuerySet[LogEntry], name: str, value: str) -> QuerySet[LogEntry]:
        return history.through(queryset, value)

    def by_model(self, queryset: QuerySet[LogEntry], name: str, value: str) -> QuerySet[LogEntry]:
        return queryset.filter(content_type=ContentType.objects.get_for_model(apps.get_model(value)))

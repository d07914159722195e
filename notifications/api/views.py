"""events/: what happened, in the order in which it was written."""

from decimal import Decimal

import django_filters
from rest_framework import serializers

from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import FleetViewSet
from notifications.models import Event
from notifications.querysets import EventQuerySet


class EventSerializer(StrictModelSerializer):
    payload = serializers.JSONField(read_only=True, help_text="Ids and plain values; which ones depends on the type.")

    class Meta:
        model = Event
        fields = ("id", "type", "subject", "subject_id", "payload", "created_at")
        read_only_fields = fields


class EventFilters(django_filters.FilterSet):  # type: ignore[misc]
    types = django_filters.BaseInFilter(
        field_name="type", lookup_expr="in", label="Comma-separated, e.g. contract.booked,contract.closed."
    )
    subject = django_filters.CharFilter(label='The kind of object, e.g. "contracts.contract".')
    subject_id = django_filters.UUIDFilter()
    after = django_filters.NumberFilter(
        method="filter_after", min_value=0, max_value=2**63 - 1, label="Only events after this one."
    )

    class Meta:
        model = Event
        fields = ("types", "subject", "subject_id", "after")

    def filter_after(self, queryset: EventQuerySet, name: str, value: Decimal) -> EventQuerySet:
        place = Event.objects.filter(pk=int(value)).values_list("written_in", flat=True).first()
        return queryset.filter(id__gt=value) if place is None else queryset.beyond(place, int(value))


class EventViewSet(FleetViewSet[Event]):
    """What happened, oldest first: keep the last `id` and ask for `after` it to catch up.

    An event appears when no other can still appear in front of it, so nobody who catches up misses one; ids are
    therefore not always in ascending order.
    """

    queryset = Event.objects.order_by("id")
    serializer_class = EventSerializer
    filterset_class = EventFilters
    sorts = ("id",)
    lookup_value_regex = r"\d{1,18}"
    permissions = {"list": "notifications.view_event", "retrieve": "notifications.view_event"}
    history = None  # type: ignore[assignment] # an event never changes

    def get_queryset(self) -> EventQuerySet:
        return Event.objects.settled()

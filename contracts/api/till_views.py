"""day-closes/: drawers that were counted."""

from typing import Any

import django_filters
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cars.models import Branch
from contracts import closing
from contracts.models import DayClose
from fleet.api.fields import MoneyField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.api.views import FleetViewSet


class DayCloseSerializer(StrictModelSerializer):
    class Meta:
        model = DayClose
        fields = (
            "id",
            "branch",
            "day",
            "expected_cash",
            "counted_cash",
            "difference",
            "note",
            "created_at",
            "created_by",
            "version",
        )
        read_only_fields = fields


class DayCloseInput(StrictSerializer):
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all())
    day = serializers.DateField()
    counted_cash = MoneyField(help_text="Without the float; below 0 when the float had to help out.")
    note = serializers.CharField(max_length=300, default="", allow_blank=True, help_text="Why the two differ.")


class DayCloseFilters(django_filters.FilterSet):  # type: ignore[misc]
    branch = django_filters.UUIDFilter(field_name="branch_id")

    class Meta:
        model = DayClose
        fields = ("branch", "day")

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {
            **super().get_filters(),
            "from": django_filters.DateFilter(field_name="day", lookup_expr="gte"),
            "to": django_filters.DateFilter(field_name="day", lookup_expr="lte"),
        }


class DayCloseViewSet(FleetViewSet[DayClose]):
    """Drawers that were counted: once per branch and day, never changed."""

    queryset = DayClose.objects.all()
    serializer_class = DayCloseSerializer
    filterset_class = DayCloseFilters
    sorts = ("day", "created_at")
    permissions = {
        "list": "contracts.view_dayclose",
        "retrieve": "contracts.view_dayclose",
        "create": "contracts.add_dayclose",
    }
    inputs = {"create": DayCloseInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Count the drawer. What should be in it is ours to say; a difference needs a note."""
        form = self.validated()
        branch = form.pop("branch")
        return self.answer(closing.close_day(branch.pk, **form, by=self.by, now=timezone.now()), 201)

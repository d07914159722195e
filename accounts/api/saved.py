"""saved-filters/: filters of lists under a name; `?filter=<slug>` applies one."""

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from accounts import saving
from accounts.models import SavedFilter
from accounts.models.saved import LONGEST_QUERY
from accounts.querysets import SavedFilterQuerySet
from fleet.api.permissions import LOGGED_IN
from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import EditViewSet


class SavedFilterSerializer(StrictModelSerializer):
    """`model` is a list (cars.car), `query` what its address in the admin says after the question mark."""

    model = serializers.RegexField(r"^[a-z]+\.[a-z]+$", max_length=60)
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(max_length=LONGEST_QUERY, allow_blank=True)
    mine = serializers.SerializerMethodField()

    class Meta:
        model = SavedFilter
        fields = ("id", "model", "name", "slug", "query", "shared", "mine", "created_at", "updated_at", "version")
        read_only_fields: ClassVar = ("slug", "created_at", "updated_at", "version")

    def get_mine(self, saved: SavedFilter) -> bool:
        return bool(saved.owner_id == self.context["request"].user.pk)

    def create(self, validated_data: dict[str, Any]) -> SavedFilter:
        return saving.save(validated_data.pop("model"), **validated_data, by=self.context["request"].user)

    def update(self, instance: SavedFilter, validated_data: dict[str, Any]) -> SavedFilter:
        validated_data.pop("model", None)
        return saving.revise(instance.pk, **validated_data, by=self.context["request"].user)


class SavedFilterFilters(django_filters.FilterSet):  # type: ignore[misc]
    model = django_filters.CharFilter(label="A list, e.g. cars.car.")

    class Meta:
        model = SavedFilter
        fields = ("model",)


class SavedFilterViewSet(EditViewSet[SavedFilter]):
    """One's own saved filters, and those that others share of lists that one may see; only one's own can be changed.

    Integrators read only their own; `?filter=` takes the slug of a shared one from everybody.
    """

    queryset = SavedFilter.objects.all()
    serializer_class = SavedFilterSerializer
    filterset_class = SavedFilterFilters
    saves_filters = False
    permissions = dict.fromkeys(("list", "retrieve", "create", "update", "destroy"), LOGGED_IN)
    history = None  # type: ignore[assignment] # of no interest but to its owner

    def get_queryset(self) -> SavedFilterQuerySet:
        shown = SavedFilter.objects.shown_to(self.request.user)
        changes = self.request.method not in ("GET", "HEAD", "POST")
        return shown.filter(owner=self.by) if changes else shown

    def perform_destroy(self, row: SavedFilter) -> None:
        saving.remove(row.pk, by=self.by)

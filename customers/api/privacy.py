"""What a person may ask for, and two rows that are one: export, erasure, merging."""

from typing import Any, Final

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import erasure, exporting, merging
from customers.models import Customer
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetViewSet


class MergeInput(StrictSerializer):
    duplicate = serializers.UUIDField(help_text="The customer that becomes part of this one.")
    different_licences = serializers.BooleanField(required=False, help_text="Both licences belong to one person.")

    def validate_duplicate(self, pk: Any) -> Any:
        if not Customer.objects.visible_to(self.context["request"].user).filter(pk=pk).exists():
            raise serializers.ValidationError("There is no such customer.", code="does_not_exist")
        return pk


class EraseInput(StrictSerializer):
    dry_run = serializers.BooleanField(default=True, help_text="Only say what would go and what would stay.")


class MovedOutput(serializers.Serializer[Any]):
    customer = serializers.UUIDField()
    moved = serializers.DictField(child=serializers.IntegerField())


class KeptOutput(serializers.Serializer[Any]):
    what = serializers.CharField()
    count = serializers.IntegerField()
    why = serializers.CharField()


class PlanOutput(serializers.Serializer[Any]):
    erased = serializers.BooleanField()
    pseudonym = serializers.CharField()
    waits = serializers.ListField(child=serializers.CharField())
    goes = serializers.DictField(child=serializers.IntegerField())
    stays = KeptOutput(many=True)


PRIVACY: Final = {
    "merge": "customers.merge_customer",
    "erase": "customers.erase_customer",
    "data_export": "customers.export_customer",
}
PRIVACY_INPUTS: Final = {"merge": MergeInput, "erase": EraseInput}


class PrivacyMixin(FleetViewSet[Customer]):
    """Actions on one customer."""

    @extend_schema(responses=MovedOutput)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Make another customer part of this one: contracts, drives, documents and flags move. There is no way back."""
        asked = dict(self.validated())
        kept, moved = merging.merge(
            self.get_object().pk, asked.pop("duplicate"), **asked, by=self.by, now=timezone.now()
        )
        return Response(MovedOutput({"customer": kept.pk, "moved": moved}).data)

    @extend_schema(responses=PlanOutput)
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: str) -> Response:
        """Say what goes, what stays and why; with `dry_run` false also do it. 409 while something is open."""
        customer, dry = self.get_object(), self.validated()["dry_run"]
        plan = erasure.plan(customer) if dry else erasure.erase(customer.pk, by=self.by, now=timezone.now())
        return Response(PlanOutput({"erased": not dry, **plan.as_json()}).data)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="data-export")
    def data_export(self, request: Request, pk: str) -> FileResponse:
        """Give everything that is kept of this person: JSON, agreements, scans and an index; put on record."""
        customer = self.get_object()
        return FileResponse(
            exporting.archive(customer),
            as_attachment=True,
            filename=exporting.name_of(customer),
            content_type="application/zip",
        )

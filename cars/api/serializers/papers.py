"""Insurances, registrations, inspections."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cars import papers
from cars.api.serializers.base import SERVER_SET, HoldingSerializer
from cars.models import Inspection, Insurance, Paper, Registration
from cars.risks import AtRisk
from fleet.api.fields import DayField, InstantField, MoneyField
from fleet.api.serializers import StrictSerializer

_PAPER = ("id", "car", "number", "valid_from", "valid_until", "days_left", "cost", "notes", "at_risk", *SERVER_SET)


class AtRiskOutput(serializers.Serializer[AtRisk]):
    """A contract that may fail as things stand."""

    id = serializers.UUIDField(source="contract_id")
    reference = serializers.CharField()
    status = serializers.CharField()
    start_at = InstantField()
    end_at = InstantField()
    because = serializers.SerializerMethodField(help_text="Codes of the gate; `late` when the car is not back.")

    def get_because(self, risk: AtRisk) -> list[str]:
        return sorted(risk.codes)


class AtRiskListOutput(serializers.Serializer[Any]):
    at_risk = AtRiskOutput(many=True, help_text="What is at risk of the car's contracts now.")


class RenewInput(StrictSerializer):
    """What differs from the paper that is renewed; everything else is copied."""

    number = serializers.CharField(max_length=60, required=False)
    valid_from = DayField(required=False, help_text="Default: the day after the old one's last.")
    valid_until = DayField(required=False, help_text="Default: a year.")
    cost = MoneyField(min_value=0, required=False)
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class PaperSerializer(HoldingSerializer):
    """Shared by insurances, registrations and inspections."""

    fixed = ("car",)
    days_left = serializers.SerializerMethodField(help_text="Days until the last valid one; negative when expired.")

    at_risk = serializers.SerializerMethodField(
        help_text="After a change: the car's contracts that may fail now. null when the paper is only read."
    )

    def get_days_left(self, paper: Paper) -> int:
        return (paper.valid_until - timezone.localdate()).days

    @extend_schema_field(AtRiskOutput(many=True, allow_null=True))
    def get_at_risk(self, paper: Paper) -> Any:
        found = getattr(self.context.get("view"), "at_risk", None)
        return None if found is None else AtRiskOutput(found, many=True).data

    def create(self, validated_data: dict[str, Any]) -> Paper:
        kind: Any = self.Meta
        return self._written(papers.add(kind.model(**validated_data), by=self.by, now=timezone.now()))

    def update(self, instance: Paper, validated_data: dict[str, Any]) -> Paper:
        return self._written(papers.amend(instance, by=self.by, now=timezone.now(), **validated_data))

    def _written(self, outcome: papers.Outcome[Any]) -> Paper:
        self.context["view"].at_risk = outcome.at_risk
        paper: Paper = outcome.paper
        return paper


class InsuranceSerializer(PaperSerializer):
    class Meta:
        model = Insurance
        fields = (*_PAPER, "kind", "provider")
        read_only_fields = SERVER_SET


class RegistrationSerializer(PaperSerializer):
    class Meta:
        model = Registration
        fields = (*_PAPER, "authority")
        read_only_fields = SERVER_SET


class InspectionSerializer(PaperSerializer):
    class Meta:
        model = Inspection
        fields = _PAPER
        read_only_fields = SERVER_SET

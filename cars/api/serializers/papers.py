"""Insurances, registrations, inspections."""

from django.utils import timezone
from rest_framework import serializers

from cars.api.serializers.base import SERVER_SET, HoldingSerializer
from cars.models import Inspection, Insurance, Paper, Registration

_PAPER = ("id", "car", "number", "valid_from", "valid_until", "days_left", "cost", "notes", *SERVER_SET)


class PaperSerializer(HoldingSerializer):
    """Shared by insurances, registrations and inspections."""

    fixed = ("car",)
    days_left = serializers.SerializerMethodField(help_text="Days until the last valid one; negative when expired.")

    def get_days_left(self, paper: Paper) -> int:
        return (paper.valid_until - timezone.localdate()).days


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

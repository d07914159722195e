"""Agreements in JSON: which versions there are, never what they say of people."""

from typing import Any

from rest_framework import serializers

from contracts.models import Agreement
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer


class AgreementSerializer(StrictModelSerializer):
    class Meta:
        model = Agreement
        fields = (
            "id",
            "contract",
            "number",
            "occasion",
            "language",
            "sha256",
            "pdf_sha256",
            "signed_at",
            "created_at",
            "created_by",
        )
        read_only_fields = fields


class ContractAgreementOutput(serializers.Serializer[Any]):
    agreement = AgreementSerializer()
    pdf = serializers.URLField(help_text="Needs customers.view_pii.")
    versions = AgreementSerializer(many=True)


class SignInput(StrictSerializer):
    """A drawing on a pad of 1000 × 400: strokes of points [x, y]."""

    strokes = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2), max_length=6000
        ),
        max_length=200,
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="Default: the renter.")
    text_sha256 = serializers.CharField(
        min_length=64, max_length=64, help_text="`sha256` of the version that the customer was shown."
    )


class VerdictOutput(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    reference = serializers.CharField()
    version = serializers.IntegerField()
    issued_at = InstantField(allow_null=True)
    signed_at = InstantField(allow_null=True)
    newest = serializers.BooleanField(help_text="False: something else was agreed since.")
    fingerprint = serializers.CharField(help_text="As printed on each page.")

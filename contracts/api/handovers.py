"""What clients send when a car changes hands."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cars.models import Damage, IssueReport
from contracts.availability import Override
from contracts.handover import NewDamage, Seen
from files.api.serializers import AttachField
from fleet.api.fields import MoneyField
from fleet.api.serializers import StrictSerializer

_MOST_KM = 9_999_999


def some(child: StrictSerializer, *, most: int) -> Any:
    """Return a field for a list that may be missing and is bounded."""
    return serializers.ListSerializer(child=child, required=False, max_length=most)


class OverrideInput(StrictSerializer):
    code = serializers.CharField(max_length=40, help_text="Code of a refusal with severity `override`.")
    reason = serializers.CharField(max_length=300, help_text="At least 10 characters; kept.")

    def validate(self, attrs: dict[str, Any]) -> Any:
        return Override(**attrs)


class DamageInput(StrictSerializer):
    panel = serializers.ChoiceField(Damage.Panel.choices)
    kind = serializers.ChoiceField(Damage.Kind.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    estimate = MoneyField(
        min_value=0, required=False, allow_null=True, help_text="What is proposed as a charge at the check-in."
    )

    photos = AttachField(required=False)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return NewDamage(**attrs)


@extend_schema_field(
    {"type": "object", "additionalProperties": {"anyOf": [{"type": "boolean"}, {"type": "string", "maxLength": 200}]}}
)
class ChecklistField(serializers.Field[dict[str, Any], Any, Any, Any]):
    """What was ticked off: a short name → true, false or a short text."""

    default_error_messages = {"checklist": "A checklist maps at most 50 short names to true, false or a short text."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or len(data) > 50 or not all(map(_is_tick, data.items())):
            self.fail("checklist")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _is_tick(item: tuple[str, Any]) -> bool:
    name, value = item
    named = 1 <= len(name) <= 60 and name.isprintable()
    return named and (isinstance(value, bool) or (isinstance(value, str) and len(value) <= 200 and value.isprintable()))


class HandoverInput(StrictSerializer):
    """What counter and customer read off the car; fuel or battery is needed."""

    odometer_km = serializers.IntegerField(min_value=0, max_value=_MOST_KM)
    fuel_eighths = serializers.IntegerField(min_value=0, max_value=8, required=False, allow_null=True)
    battery_pct = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)
    clean = serializers.BooleanField(required=False)
    damages = some(DamageInput(), most=50)
    checklist = ChecklistField(required=False)
    remarks = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    photos = AttachField(required=False)
    signature = serializers.UUIDField(
        required=False, allow_null=True, help_text="Id of an uploaded picture of the customer's signature."
    )

    def validate(self, attrs: dict[str, Any]) -> Any:
        return Seen(**attrs)


class CheckInInput(HandoverInput):
    """The car is back. `restriction` says what its new damages mean for further rentals."""

    restriction = serializers.ChoiceField(IssueReport.Restriction.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return {"seen": super().validate(attrs)}


class CheckOutInput(HandoverInput):
    """The car goes out."""

    overrides = some(OverrideInput(), most=20)

    def validate(self, attrs: dict[str, Any]) -> Any:
        overrides = attrs.pop("overrides", ())
        return {"seen": super().validate(attrs), "overrides": overrides}

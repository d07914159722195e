"""What clients send: shapes and bounds. Prices, status and actor are not theirs to say."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from contracts import position
from contracts.api.handovers import HandoverInput, OverrideInput, some
from contracts.api.money import TenderInput
from contracts.api.privacy import is_program, require_visible
from contracts.booking import Booking
from contracts.errors import IllegalStep
from contracts.models import Contract
from contracts.status import ENDED
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer

_MOST_DRIVERS = 10
_LONGEST_REASON = 300


class NoInput(StrictSerializer):
    """Nothing needs to be said."""


class PositionField(serializers.CharField):
    """A point on the map: "latitude,longitude" in degrees."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=position.LONGEST,
            allow_blank=True,
            validators=[position.is_position],
            help_text="Latitude and longitude in degrees, such as 43.856430,18.413029.",
            **options,
        )


class ExtraInput(StrictSerializer):
    extra = serializers.CharField(max_length=40, help_text="Code or id.")
    quantity = serializers.IntegerField(min_value=1, max_value=1000, default=1)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return attrs["extra"], attrs["quantity"]


class BookingInput(StrictSerializer):
    """A car and a time; a customer may follow until the booking is confirmed."""

    car = serializers.UUIDField(source="car_id")
    start_at = InstantField()
    end_at = InstantField()
    customer = serializers.UUIDField(source="customer_id", required=False, allow_null=True)
    drivers = serializers.ListField(
        source="driver_ids", child=serializers.UUIDField(), required=False, max_length=_MOST_DRIVERS
    )
    extras = some(ExtraInput(), most=30)
    pickup_branch = serializers.UUIDField(source="pickup_branch_id", required=False, allow_null=True)
    return_branch = serializers.UUIDField(source="return_branch_id", required=False, allow_null=True)
    pickup_place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    return_place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    pickup_position = PositionField(required=False)
    return_position = PositionField(required=False)
    channel = serializers.ChoiceField(
        Contract.Channel.choices, required=False, help_text="People only; bookings by key are always `api`."
    )
    external_ref = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="Yours; sent twice it returns the first contract."
    )
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    overrides = some(OverrideInput(), most=20)

    def validate(self, attrs: dict[str, Any]) -> Any:
        overrides = attrs.pop("overrides", ())
        request = self.context["request"]
        attrs["channel"] = _channel(request, attrs.get("channel"))
        require_visible(request.user, [attrs.get("customer_id"), *attrs.get("driver_ids", ())])
        return {"wanted": Booking(**attrs), "overrides": overrides}


def _channel(request: Any, given: str | None) -> str:
    if not is_program(request):
        return given or Contract.Channel.COUNTER
    if given not in (None, Contract.Channel.API):
        detail = ErrorDetail("Bookings by key come through the channel api.", code="channel_fixed")
        raise serializers.ValidationError({"channel": [detail]})
    return Contract.Channel.API


class ContractPatch(StrictModelSerializer):
    """The few things that are no step. Of an ended contract only the notes."""

    class Meta:
        model = Contract
        fields = ("notes", "pickup_place", "return_place", "pickup_position", "return_position")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        contract = self.instance
        if isinstance(contract, Contract) and contract.status in ENDED and attrs.keys() - {"notes"}:
            raise IllegalStep(contract, "change", "Of an ended contract only the notes change.")
        return attrs


class ConfirmInput(StrictSerializer):
    """`deposit` takes what is missing of the deposit in the same transaction; `waive_deposit` is a reason."""

    customer = serializers.UUIDField(source="customer_id", required=False)
    drivers = serializers.ListField(
        source="driver_ids", child=serializers.UUIDField(), required=False, max_length=_MOST_DRIVERS
    )
    deposit = TenderInput(required=False)
    waive_deposit = serializers.CharField(max_length=_LONGEST_REASON, required=False)
    overrides = some(OverrideInput(), most=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_visible(self.context["request"].user, [attrs.get("customer_id"), *attrs.get("driver_ids", ())])
        return attrs


class ReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=_LONGEST_REASON, help_text="At least 10 characters; kept.")


class OverridesInput(StrictSerializer):
    overrides = some(OverrideInput(), most=20)


class ExtendInput(OverridesInput):
    end_at = InstantField()


class RescheduleInput(OverridesInput):
    """Other days, another car, or both; what is left out stays."""

    start_at = InstantField(required=False)
    end_at = InstantField(required=False)
    car = serializers.UUIDField(source="car_id", required=False)


class SwapInput(OverridesInput):
    """Another car for the rest of the rental: `back` is what comes in, `out` what goes out."""

    car = serializers.UUIDField(source="car_id")
    back = HandoverInput()
    out = HandoverInput()


class SettleInput(StrictSerializer):
    capture_deposit = serializers.BooleanField(
        required=False, help_text="Pays what is still owed from the deposit; needs contracts.capture_deposit."
    )
    release_deposit = serializers.BooleanField(required=False)

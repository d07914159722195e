"""Free cars, refused cars and what comes near, in JSON."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from rest_framework import serializers

from cars.models import Car
from contracts import search
from contracts.api.parts import BranchOutput, CategoryOutput
from contracts.api.quotes import RefusalOutput
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictModelSerializer
from fleet.db.period import Period


class FreeCar(StrictModelSerializer):
    category = CategoryOutput()
    branch = BranchOutput()

    class Meta:
        model = Car
        fields = (
            "id",
            "license_plate",
            "manufacturer",
            "model",
            "year",
            "color",
            "category",
            "fuel_type",
            "transmission",
            "seats",
            "doors",
            "branch",
        )
        read_only_fields = fields


class PeriodOutput(serializers.Serializer[Period]):
    start = InstantField()
    end = InstantField()


class OfferOutput(serializers.Serializer[search.Offer]):
    car = FreeCar()
    start_at = InstantField(source="period.start")
    end_at = InstantField(source="period.end")
    days = serializers.IntegerField()
    daily_rate = MoneyField(source="rates.daily_rate")
    total = MoneyField()
    currency = serializers.SerializerMethodField()
    deposit = MoneyField(source="rates.deposit")
    free_until = InstantField(allow_null=True, help_text="When the car is taken next, if that is near.")
    warnings = RefusalOutput(many=True)

    def get_currency(self, offer: search.Offer) -> str:
        return settings.CURRENCY


class RefusedOutput(serializers.Serializer[search.Taken]):
    car = FreeCar()
    refusals = RefusalOutput(many=True)


class AvailabilityOutput(serializers.Serializer[Any]):
    """Free cars, cheapest first; `refused` and `alternatives` only with `explain`."""

    period = PeriodOutput()
    free = OfferOutput(many=True)
    refused = RefusedOutput(many=True)
    alternatives = OfferOutput(many=True, help_text="The same class elsewhere, the next class up, or up to 2 days off.")


def shown(period: Period, found: search.Answer) -> dict[str, Any]:
    """Return the answer as AvailabilityOutput would, many times faster: it may hold the whole fleet."""
    beside: dict[Any, Any] = {}
    return {
        "period": {"start": _instant(period.start), "end": _instant(period.end)},
        "free": _offers(found.free),
        "refused": [
            {"car": _car(taken.car, beside), "refusals": [refusal.as_json() for refusal in taken.refusals]}
            for taken in found.refused
        ],
        "alternatives": _offers(found.alternatives),
    }


def _offers(offers: Iterable[search.Offer]) -> list[dict[str, Any]]:
    beside: dict[Any, Any] = {}
    instants: dict[datetime, str] = {}
    return [
        {
            "car": _car(offer.car, beside),
            "start_at": _once(offer.period.start, instants),
            "end_at": _once(offer.period.end, instants),
            "days": offer.days,
            "daily_rate": _money(offer.rates.daily_rate),
            "total": _money(offer.total),
            "currency": settings.CURRENCY,
            "deposit": _money(offer.rates.deposit),
            "free_until": offer.free_until and _once(offer.free_until, instants),
            "warnings": [warning.as_json() for warning in offer.warnings],
        }
        for offer in offers
    ]


def _once(moment: datetime, instants: dict[datetime, str]) -> str:
    found = instants.get(moment)
    if found is None:
        found = instants[moment] = _instant(moment)
    return found


def _car(car: Car, beside: dict[Any, Any]) -> dict[str, Any]:
    """Return what is shown of a car; cars of one category or branch share what is shown of it."""
    shown = {name: getattr(car, name) for name in FreeCar.Meta.fields}
    for name, fields in _FIELDS.items():
        row = shown[name]
        if row.pk not in beside:
            beside[row.pk] = {field: getattr(row, field) for field in fields}
        shown[name] = beside[row.pk]
    return shown


_FIELDS = {"category": CategoryOutput.Meta.fields, "branch": BranchOutput.Meta.fields}
_instant = InstantField().to_representation
_money = lru_cache(maxsize=4096)(MoneyField().to_representation)

"""Which cars are free, what they cost, why the others are not, and what comes near."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from cars import facts
from cars.models import Car, Category
from cars.querysets import CarQuerySet
from contracts import pricing
from contracts.gate import Case, Refusal, Severity, judge
from fleet.db.period import Period
from fleet.errors import Invalid

_LONGEST_SEARCH = timedelta(days=366)
_SHIFTS = tuple(timedelta(days=days) for days in (1, -1, 2, -2))
_NEAR = 5  # alternatives of each sort


@dataclass(frozen=True)
class Wanted:
    """A question to the fleet. `category` is a code; `seats_min` and the rest narrow it down."""

    period: Period
    category: str = ""
    branch_id: UUID | None = None
    transmission: str = ""
    fuel_type: str = ""
    seats_min: int | None = None
    at_counter: bool = False


@dataclass(frozen=True)
class Offer:
    """A car that may be rented for the period, with its price; warnings do not stop it."""

    car: Car
    period: Period
    days: int
    rates: pricing.Rates
    total: Decimal
    free_until: datetime | None
    warnings: Sequence[Refusal]


@dataclass(frozen=True)
class Taken:
    """A car that may not, with every reason."""

    car: Car
    refusals: Sequence[Refusal]


@dataclass(frozen=True)
class Answer:
    free: list[Offer]
    refused: list[Taken]
    alternatives: list[Offer]


def search(wanted: Wanted, *, now: datetime, explain: bool = False) -> Answer:
    """Return free cars, cheapest first; with `explain` also why the others are not, and alternatives."""
    if wanted.period.end - wanted.period.start > _LONGEST_SEARCH:
        raise Invalid("Search for at most 366 days.", code="too_long")
    cars = _narrowed(Car.objects.kept() if explain else Car.objects.in_service(), wanted)
    if not explain:
        cars = cars.free(wanted.period)
    free, refused = _judged(cars, wanted, now)
    alternatives = _alternatives(wanted, now, {offer.car.pk for offer in free}) if explain else []
    return Answer(free, refused if explain else [], alternatives)


def _narrowed(cars: CarQuerySet, wanted: Wanted) -> CarQuerySet:
    if wanted.category:
        cars = cars.filter(category__code=wanted.category)
    if wanted.branch_id:
        cars = cars.filter(branch=wanted.branch_id)
    if wanted.transmission:
        cars = cars.filter(transmission=wanted.transmission)
    if wanted.fuel_type:
        cars = cars.filter(fuel_type=wanted.fuel_type)
    if wanted.seats_min:
        cars = cars.filter(seats__gte=wanted.seats_min)
    return cars


def _judged(cars: CarQuerySet, wanted: Wanted, now: datetime) -> tuple[list[Offer], list[Taken]]:
    """Ask the gate about every car: one statement for all of them."""
    free: list[Offer] = []
    refused: list[Taken] = []
    for car, known in facts.of(cars, wanted.period, now):
        found = judge(Case(car, known, wanted.period, now, wanted.period, at_counter=wanted.at_counter))
        if any(refusal.severity is not Severity.WARN for refusal in found):
            refused.append(Taken(car, found))
        else:
            free.append(_offer(car, wanted.period, found, known))
    free.sort(key=lambda offer: (offer.total, offer.car.license_plate))
    refused.sort(key=lambda taken: taken.car.license_plate)
    return free, refused


def _offer(car: Car, period: Period, warnings: Sequence[Refusal], known: facts.Facts) -> Offer:
    days = pricing.rental_days(period, car.branch.zone)
    rates = pricing.rates_of(car)
    total = pricing.total(pricing.quote(rates.daily_rate, days))
    later = [row.start for row in known.taken if row.start >= period.end]
    return Offer(car, period, days, rates, total, min(later, default=None), warnings)


def _alternatives(wanted: Wanted, now: datetime, known: set[UUID]) -> list[Offer]:
    """Return the same category at other branches, the next rank up, and the same question up to 2 days off."""
    near: list[Offer] = []
    if wanted.branch_id:
        near += _some(replace(wanted, branch_id=None), now, known)
    above = _next_rank(wanted.category)
    if above:
        near += _some(replace(wanted, category=above), now, known)
    for shift in _SHIFTS:
        shifted = Period(wanted.period.start + shift, wanted.period.end + shift)
        if shifted.start >= now:
            near += _some(replace(wanted, period=shifted), now, known)
    return near


def _some(wanted: Wanted, now: datetime, known: set[UUID]) -> list[Offer]:
    """Return a few offers with cars that are not on the list yet."""
    offers, _ = _judged(_narrowed(Car.objects.in_service(), wanted).free(wanted.period), wanted, now)
    fresh = [offer for offer in offers if offer.car.pk not in known][:_NEAR]
    known.update(offer.car.pk for offer in fresh)
    return fresh


def _next_rank(code: str) -> str:
    """Return the code of the class next above, or an empty text."""
    here = Category.objects.filter(code=code).values("upgrade_rank")[:1] if code else None
    if here is None:
        return ""
    above = Category.objects.filter(upgrade_rank__gt=here).order_by("upgrade_rank", "code")
    return above.values_list("code", flat=True).first() or ""

"""Which cars are free, what they cost, why the others are not, and what comes near."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Subquery
from django.utils.translation import gettext

from cars import facts
from cars.models import Car, Category
from cars.querysets import CarQuerySet
from contracts import pricing
from contracts.gate import Case, Refusal, Severity, judge
from customers.models import Customer
from fleet.db.period import Period
from fleet.errors import Invalid

_LONGEST_SEARCH = timedelta(days=366)
_SHIFTS = tuple(timedelta(days=days) for days in (1, -1, 2, -2))
_NEAR = 5  # alternatives of each sort

type _Known = tuple[Car, facts.Facts]


@dataclass(frozen=True)
class Wanted:
    """A question to the fleet. `category` is a code or an id; `seats_min` and the rest narrow it down.

    `drivers` come with their open flags; the gate is asked about them too.
    """

    period: Period
    category: str = ""
    branch_id: UUID | None = None
    transmission: str = ""
    fuel_type: str = ""
    seats_min: int | None = None
    at_counter: bool = False
    drivers: tuple[Customer, ...] = ()

    def narrowed(self, cars: CarQuerySet) -> CarQuerySet:
        """Return the cars of the kind that is asked for."""
        asked = {
            "branch": self.branch_id,
            "transmission": self.transmission,
            "fuel_type": self.fuel_type,
            "seats__gte": self.seats_min,
        }
        cars = cars.filter(**{name: value for name, value in asked.items() if value})
        return cars.filter(_named(self.category, "category__")) if self.category else cars

    def fits(self, car: Car) -> bool:
        """Say the same of one car."""
        return (
            (not self.category or self.category in (car.category.code, str(car.category_id)))
            and (not self.branch_id or car.branch_id == self.branch_id)
            and (not self.transmission or car.transmission == self.transmission)
            and (not self.fuel_type or car.fuel_type == self.fuel_type)
            and (not self.seats_min or car.seats >= self.seats_min)
        )


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
    """Return free cars, cheapest first; with `explain` also why the others are not, and alternatives.

    One statement either way: to explain, the whole fleet is read, with its facts of some days around the period.
    """
    if wanted.period.end - wanted.period.start > _LONGEST_SEARCH:
        raise Invalid(gettext("Search for at most 366 days."), code="too_long")
    if not explain:
        return Answer(_judged(_free(wanted, now), wanted, now)[0], [], [])
    around = Period(wanted.period.start + min(_SHIFTS), wanted.period.end + max(_SHIFTS))
    fleet = list(facts.of(_possible(wanted), around, now))
    free, refused = _judged((one for one in fleet if wanted.fits(one[0])), wanted, now)
    return Answer(free, refused, _alternatives(fleet, wanted, now, {offer.car.pk for offer in free}))


# The search that everybody makes: by period alone.
_FREE: Final = facts.Reader(
    lambda begin, finish: Car.objects.in_service().free(Period(begin, finish)), begin=datetime, finish=datetime
)


def _free(wanted: Wanted, now: datetime) -> Iterable[_Known]:
    """Return the cars that the ledger leaves free, with what the gate must know of them."""
    period = wanted.period
    if wanted == Wanted(period, at_counter=wanted.at_counter, drivers=wanted.drivers):
        return _FREE(period, now, begin=period.start, finish=period.end)
    return facts.of(wanted.narrowed(Car.objects.in_service()).free(period), period, now)


def _possible(wanted: Wanted) -> CarQuerySet:
    """Return the cars that the answer may name: at every branch, of the class or the next one above."""
    above = _class_above(wanted.category)
    cars = replace(wanted, category="", branch_id=None).narrowed(Car.objects.kept()).annotate(class_above=above)
    if wanted.category:
        cars = cars.filter(_named(wanted.category, "category__") | Q(category__code=above))
    return cars


def _judged(cars: Iterable[_Known], wanted: Wanted, now: datetime) -> tuple[list[Offer], list[Taken]]:
    """Ask the gate about every car."""
    free: list[Offer] = []
    refused: list[Taken] = []
    for car, known in cars:
        found = _asked(car, known, wanted, now)
        if _stopping(found):
            refused.append(Taken(car, found))
        else:
            free.append(_offer(car, known, wanted.period, found))
    free.sort(key=lambda offer: (offer.total, offer.car.license_plate))
    refused.sort(key=lambda taken: taken.car.license_plate)
    return free, refused


def _asked(car: Car, known: facts.Facts, wanted: Wanted, now: datetime) -> list[Refusal]:
    period, drivers = wanted.period, wanted.drivers
    return judge(Case(car, known, period, now, period, drivers=drivers, at_counter=wanted.at_counter))


def _stopping(found: Iterable[Refusal]) -> bool:
    return any(refusal.severity is not Severity.WARN for refusal in found)


def _offer(car: Car, known: facts.Facts, period: Period, warnings: Sequence[Refusal]) -> Offer:
    days = _days(period, car.branch.zone)
    rates = pricing.rates_of(car)
    return Offer(car, period, days, rates, _total(rates.daily_rate, days), known.taken_next(period), warnings)


_days = lru_cache(maxsize=256)(pricing.rental_days)  # the same for every car of a branch


@lru_cache(maxsize=4096)
def _total(daily_rate: Decimal, days: int) -> Decimal:
    return pricing.total(pricing.quote(daily_rate, days))


def _alternatives(fleet: Sequence[_Known], wanted: Wanted, now: datetime, known: set[UUID]) -> list[Offer]:
    """Return the same category at other branches, the next rank up, and the same question up to 2 days off."""
    return [offer for near in _nearby(fleet, wanted, now) for offer in _some(fleet, near, now, known)]


def _nearby(fleet: Sequence[_Known], wanted: Wanted, now: datetime) -> Iterator[Wanted]:
    if wanted.branch_id:
        yield replace(wanted, branch_id=None)
    above: Any = fleet and fleet[0][0].class_above  # type: ignore[attr-defined]
    if above:
        yield replace(wanted, category=above)
    for shift in _SHIFTS:
        shifted = Period(wanted.period.start + shift, wanted.period.end + shift)
        if shifted.start >= now:
            yield replace(wanted, period=shifted)


def _some(fleet: Sequence[_Known], wanted: Wanted, now: datetime, listed: set[UUID]) -> list[Offer]:
    """Return the cheapest few offers of cars that are not on the list yet."""
    offers = [
        _offer(car, known, wanted.period, ())
        for car, known in fleet
        if car.pk not in listed
        and car.lifecycle == Car.Lifecycle.ACTIVE
        and wanted.fits(car)
        and not known.is_taken(wanted.period)
    ]
    of = dict(fleet)
    fresh: list[Offer] = []
    for offer in sorted(offers, key=lambda offer: (offer.total, offer.car.license_plate)):
        found = _asked(offer.car, of[offer.car], wanted, now)
        if not _stopping(found):
            fresh.append(replace(offer, warnings=found))
        if len(fresh) == _NEAR:
            break
    listed.update(offer.car.pk for offer in fresh)
    return fresh


def _class_above(category: str) -> Subquery:
    """Return the code of the class next above, which is the same for every car."""
    here = Category.objects.filter(_named(category)).values("upgrade_rank")[:1]
    above = Category.objects.filter(upgrade_rank__gt=here).order_by("upgrade_rank", "code")
    return Subquery(above.values("code")[:1])


def _named(category: str, path: str = "") -> Q:
    """Return the condition "is the category of this code or id"."""
    named = Q(**{f"{path}code": category})
    try:
        return named | Q(**{f"{path}id": UUID(category)})
    except ValueError:
        return named

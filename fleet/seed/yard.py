"""The cars: what they are and which part each plays today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Final

from cars.models import Branch, Category
from cars.plates import plate_key
from fleet.seed.catalogue import COLOURS, MAKES, OIL_KM, Catalogue, Make
from fleet.seed.scale import Scale
from fleet.seed.sheet import encoded


class Part(StrEnum):
    """What a car does on the day of planting."""

    OVERDUE = "out, and should be back"
    DUE_TODAY = "out until later today"
    GOING_OUT = "fetched later today"
    OUT = "out for some days"
    RETURNED = "back, its bill is open"
    PARKED = "not rented any more: grounded, for sale or in the workshop"
    IDLE = "waiting for the next booking"


_PARTS: Final = (
    Part.OVERDUE, Part.DUE_TODAY, Part.GOING_OUT, Part.OUT, Part.IDLE,
    Part.OUT, Part.RETURNED, Part.OUT, Part.IDLE, Part.OUT,
    Part.DUE_TODAY, Part.OUT, Part.PARKED, Part.GOING_OUT, Part.IDLE,
    Part.OUT, Part.IDLE, Part.RETURNED, Part.OUT, Part.IDLE,
)  # fmt: skip
_RESTRICTED: Final = 11  # one of those that are out
_AT_REST: Final = (Part.PARKED, Part.IDLE)


@dataclass(slots=True)
class Wheels:
    """A car while its contracts are written: its odometer runs, its services come due."""

    number: int
    id: str
    plate: str
    make: Make
    category: Category
    branch: Branch
    daily_rate: Decimal
    own_rate: Decimal | None
    part: Part
    past: int  # contracts that have ended,
    today: bool  # whether one is under way today,
    future: int  # and those to come
    km: int
    first: int = 0  # minute from which the company has it
    busy_until: int = 0
    service_at: int = 0  # km of the next service
    services: int = 0
    branch_id: str = field(init=False)
    category_id: str = field(init=False)
    rates: tuple[str, ...] = field(init=False)  # of a contract, encoded

    def __post_init__(self) -> None:
        self.branch_id, self.category_id = str(self.branch.pk), str(self.category.pk)
        category = self.category
        rates = (self.daily_rate, category.km_per_day, category.excess_km_rate, category.deposit)
        self.rates = tuple(encoded(rate) for rate in rates)

    @property
    def electric(self) -> bool:
        return self.make.fuel == "electric"

    @property
    def lot(self) -> int:
        """How many cars with the same part come before it."""
        return self.number // len(_PARTS)


def bought(scale: Scale, stock: Catalogue, rng: Random, ids: Iterable[str], plates: set[str]) -> list[Wheels]:
    """Return the cars with their parts and shares of the contracts, which add up exactly."""
    shares = _shares(scale)
    numbers = _plates(rng, plates)
    return [
        _car(number, pk, next(numbers), shares[number], stock, rng)
        for number, pk in zip(range(scale.cars), ids, strict=False)
    ]


def _car(number: int, pk: str, plate: str, share: tuple[int, bool, int], stock: Catalogue, rng: Random) -> Wheels:
    make = MAKES[number % len(MAKES)]
    category = stock.categories[make.category]
    own_rate = category.daily_rate + rng.randrange(2, 9) if number % 9 == 4 else None
    km = rng.randrange(2_000, 60_000)
    return Wheels(
        number=number,
        id=pk,
        plate=plate,
        make=make,
        category=category,
        branch=stock.branches[(0, 1, 0, 2)[number % 4] % len(stock.branches)],
        daily_rate=own_rate or category.daily_rate,
        own_rate=own_rate,
        part=_part(number),
        past=share[0],
        today=share[1],
        future=share[2],
        km=km,
        service_at=km + rng.randrange(3_000, OIL_KM),
    )


def _shares(scale: Scale) -> list[tuple[int, bool, int]]:
    """Return (past, future) contracts per car: a few per cent to come, one today where the part has one."""
    least, rest = divmod(scale.contracts, scale.cars)
    wanted = max(2, round(scale.per_car * 0.03))
    shares = []
    for number in range(scale.cars):
        count = least + (number < rest)
        today = count > 0 and _part(number) not in _AT_REST
        left = count - today
        future = 0 if _part(number) is Part.PARKED or restricted(number) else min(left, wanted)
        shares.append((left - future, today, future))
    return shares


def restricted(number: int) -> bool:
    """Tell whether this car, now out, must not be rented again before something is repaired."""
    return number % len(_PARTS) == _RESTRICTED


def _part(number: int) -> Part:
    return _PARTS[number % len(_PARTS)]


def _plates(rng: Random, taken: set[str]) -> Iterator[str]:
    """Yield Bosnian plates that nobody has: the letters are those that Latin and Cyrillic share."""
    while True:
        plate = f"{rng.choice('AEJKMOT')}{rng.randrange(100):02}-{rng.choice('AEJKMOT')}-{rng.randrange(1000):03}"
        if plate_key(plate) not in taken:
            taken.add(plate_key(plate))
            yield plate


def colour(car: Wheels) -> str:
    return COLOURS[car.number * 3 % len(COLOURS)]

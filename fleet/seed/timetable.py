"""When each car is rented: cells of whole days, so that no two rentals of a car ever touch.

A rental begins in the afternoon of its cell's first day and ends in the morning of its last at the latest; the next
cell begins that afternoon. So the turnaround always fits, and the past of a car can be laid out to end just before
today without looking at any other row.
"""

import heapq
from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import NamedTuple

from fleet.seed.clock import DAY, HOUR, Clock
from fleet.seed.scale import Scale
from fleet.seed.yard import Part, Wheels

_YEARS = 10  # the past is laid out over so many years where there are contracts enough
_SHORTEST, _LONGEST = 2, 9  # mean days of a cell


class Fate(StrEnum):
    """Where a contract has got to on the day of planting."""

    CLOSED = "closed"
    RETURNED = "returned"
    ACTIVE = "active"
    CONFIRMED = "confirmed"
    PENDING = "pending"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


_PAST = (*[Fate.CLOSED] * 44, *[Fate.CANCELLED] * 3, *[Fate.EXPIRED] * 2, Fate.NO_SHOW)
_FUTURE = (*[Fate.CONFIRMED] * 13, *[Fate.PENDING] * 5, Fate.CANCELLED, Fate.EXPIRED)


class Slot(NamedTuple):
    """One contract to write: agreed from `start` to `end`."""

    start: int
    number: int  # of the car
    end: int
    fate: Fate
    car: Wheels
    spare: bool  # whether the car may come back late without meeting its next customer


class Timetable:
    """The contracts of all cars in the order in which they begin."""

    def __init__(self, scale: Scale, cars: list[Wheels], clock: Clock, seed: int) -> None:
        self.cars, self.clock, self.seed = cars, clock, seed
        mean = round(_YEARS * 365 / scale.per_car) if scale.per_car else _LONGEST
        self._mean = max(_SHORTEST, min(_LONGEST, mean))
        self._laid_out = [self._lay_out(car) for car in cars]
        self.since = min(car.first for car in cars)

    def __iter__(self) -> Iterator[Slot]:
        return heapq.merge(*(self._slots(car, *layout) for car, layout in zip(self.cars, self._laid_out, strict=True)))

    def _lay_out(self, car: Wheels) -> tuple[Random, bytes, int]:
        """Return the car's dice, the widths of its past cells and the day after them."""
        rng = Random(f"{self.seed}:{car.number}")  # noqa: S311 - reproducible on purpose
        widths = bytes(rng.choices(range(1, 2 * self._mean), k=car.past))
        eve = self.clock.today - rng.randrange(1, 3) - 2 * (car.part is Part.OVERDUE)
        car.first = (eve - sum(widths) - 30) * DAY
        return rng, widths, eve

    def _slots(self, car: Wheels, rng: Random, widths: bytes, eve: int) -> Iterator[Slot]:
        day = eve - sum(widths)
        for width in widths:
            yield _cell(car, day, width, _PAST[int(rng.random() * len(_PAST))], rng)
            day += width
        day = max(self.clock.today, eve) + 1
        today = self._today(car, eve, rng) if car.today else None
        if today:
            yield today
            day = max(day, today.end // DAY + 1)
        for _ in range(car.future):
            day += rng.randrange(self._mean)
            width = rng.randrange(1, 2 * self._mean)
            yield _cell(car, day, width, _FUTURE[int(rng.random() * len(_FUTURE))], rng)
            day += width

    def _today(self, car: Wheels, eve: int, rng: Random) -> Slot | None:
        now, today = self.clock.now, self.clock.today
        start = eve * DAY + _afternoon(rng)
        later = (today + rng.randrange(1, 8)) * DAY + _morning(rng)
        tonight = max(now + 15, min(today * DAY + 23 * HOUR, now + rng.randrange(30, 9 * HOUR)))
        spans = {
            Part.OVERDUE: (start, now - rng.randrange(HOUR, 30 * HOUR), Fate.ACTIVE),
            Part.DUE_TODAY: (start, tonight, Fate.ACTIVE),
            Part.OUT: (start, later, Fate.ACTIVE),
            Part.RETURNED: (start, now - rng.randrange(HOUR, 3 * HOUR), Fate.RETURNED),
            Part.GOING_OUT: (tonight, max(later, tonight + 3 * HOUR), Fate.CONFIRMED),
        }
        if car.part not in spans:
            return None
        begins, ends, fate = spans[car.part]
        return Slot(begins, car.number, ends, fate, car, spare=False)


def _cell(car: Wheels, day: int, width: int, fate: Fate, rng: Random) -> Slot:
    days = width if rng.random() < 0.5 else 1 + int(rng.random() * width)
    start = day * DAY + _afternoon(rng)
    return Slot(start, car.number, (day + days) * DAY + _morning(rng), fate, car, spare=days < width)


def _afternoon(rng: Random) -> int:
    """13:30 to 20:00."""
    return 13 * HOUR + 30 + 30 * int(rng.random() * 14)


def _morning(rng: Random) -> int:
    """7:00 to 11:30."""
    return 7 * HOUR + 30 * int(rng.random() * 10)


def minutes_between(rng: Random, least: int, most: int) -> int:
    """Return a random number of minutes, both ends included; much cheaper than randint."""
    return least + int(rng.random() * (most - least + 1))

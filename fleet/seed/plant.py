"""Plant a company: price list, customers, contracts in the order of time, cars, and then every guard is asked."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from cars.models import Car
from contracts.models import ReferenceCounter
from customers.models import Customer
from fleet.management.progress import Progress
from fleet.seed import catalogue, checks, loading, yard
from fleet.seed.clock import DAY, Clock
from fleet.seed.desk import Desk
from fleet.seed.garage import Garage
from fleet.seed.ids import Ids
from fleet.seed.lives import live
from fleet.seed.people import Register
from fleet.seed.prices import Prices
from fleet.seed.scale import Scale
from fleet.seed.sheets import HOT
from fleet.seed.timetable import Timetable
from fleet.seed.workshop import Workshop
from fleet.seed.yard import Wheels

_ZONE: Final = "Europe/Sarajevo"
_LOAD: Final = 4_000  # contracts that travel together: some 10 MB of text
_STAFF: Final = ("agent", "manager", "mechanic", "counter")

type Watched = Callable[[str, int], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class Ground:
    """What everything is planted in."""

    scale: Scale
    seed: int
    clock: Clock
    ids: Ids
    staff: list[str]
    watched: Watched


@transaction.atomic
def plant(scale: Scale, *, seed: int, now: datetime, watched: Watched) -> dict[str, int]:
    """Write a company of this size around `now` and return the rows per table.

    The same seed, scale and time give the same rows. Raises Broken when a guard does not hold of the result.
    """
    clock = Clock(now, ZoneInfo(_ZONE))
    ids = Ids(Random(f"{seed}:ids"), clock)  # noqa: S311 - reproducible on purpose
    ground = Ground(scale, seed, clock, ids, _staff(), watched)
    stock = catalogue.stocked(scale.cars, _ZONE)
    plates = set(Car.objects.values_list("plate_key", flat=True))
    rng = Random(f"{seed}:yard")  # noqa: S311
    cars = yard.bought(scale, stock, rng, _ids(ids, clock), plates)
    timetable = Timetable(scale, cars, clock, seed)
    with loading.triggers_off(HOT):
        back = loading.set_aside(HOT) if scale.is_large else []
        counts = _write(ground, stock, timetable)
        with watched("Indexes and constraints", len(back)) if back else nullcontext(Progress("", 0)) as bar:
            for statement in back:
                loading.bring_back(statement)
                bar.advance()
    with watched("Checks", len(checks.NAMES)) as bar:
        for name in checks.NAMES:
            checks.require(name)
            bar.advance()
    return counts


def _write(ground: Ground, stock: catalogue.Catalogue, timetable: Timetable) -> dict[str, int]:
    clock, staff = ground.clock, ground.staff
    papers = Customer.objects.values_list("licence_number", "passport_number")
    taken = set(chain.from_iterable(papers.iterator()))
    rng = Random(f"{ground.seed}:people")  # noqa: S311
    register = Register(rng, clock, ground.ids, user=staff[0], since=timetable.since, taken=taken)
    people = register.enrol(ground.scale.customers)
    last = Counter(dict(ReferenceCounter.objects.select_for_update().values_list("year", "last")))
    desk = Desk(clock, ground.ids, people, Prices(stock.extras), staff, last, ground.seed)
    workshop = Workshop(desk, stock)
    garage = Garage(clock, ground.ids, staff[0], ground.seed)
    sheets = [*register.sheets(), *garage.sheets(), workshop.issues, *desk.sheets]
    with loading.lorry() as lorry:
        lorry.send(register.sheets())
        for car in timetable.cars:
            _bring(car, desk, workshop)
        with ground.watched("Contracts", ground.scale.contracts) as bar:
            for number, slot in enumerate(timetable, 1):
                live(desk, workshop, slot)
                if number % _LOAD == 0:
                    lorry.send(desk.sheets)
                    bar.advance(_LOAD)
            bar.advance(ground.scale.contracts % _LOAD)
        for car in timetable.cars:
            workshop.inspect(car)
            garage.write(car)
        lorry.send(sheets)
    _keep_counting(last)
    loading.analyze(sheet.table for sheet in sheets)
    return {sheet.rows: sheet.count for sheet in sheets}


def _bring(car: Wheels, desk: Desk, workshop: Workshop) -> None:
    """Let the car's history begin: the first reading and its last services."""
    desk.read_odometer(car, car.first, "manual")
    workshop.begin(car)


def _keep_counting(last: Counter[int]) -> None:
    for year, number in last.items():
        ReferenceCounter.objects.update_or_create(year=year, defaults={"last": number})


def _ids(ids: Ids, clock: Clock) -> Iterator[str]:
    while True:
        yield ids.new(clock.now - DAY)


def _staff() -> list[str]:
    """Return ids of the people at the counter; a company without any gets one who cannot log in."""
    found = dict(User.objects.filter(username__in=_STAFF).values_list("username", "pk"))
    if not found:
        clerk = User(username="counter", first_name="Counter", is_active=False)
        clerk.set_unusable_password()
        clerk.save()
        found = {"counter": clerk.pk}
    return [str(found[name]) for name in _STAFF if name in found]

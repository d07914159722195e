"""The rows of the cars themselves and their papers, written last: by then their odometers and bookings are known."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Final

from cars.models import Car, Inspection, Insurance, Registration
from cars.plates import plate_key
from fleet.seed.clock import DAY, Clock
from fleet.seed.ids import Ids
from fleet.seed.sheet import Sheet
from fleet.seed.yard import Part, Wheels, colour

_BASE: Final = ("id", "created_at", "updated_at", "created_by_id")
_PAPER: Final = (*_BASE, "car_id", "number", "valid_from", "valid_until", "cost")
_VIN: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_INSURERS: Final = ("Sarajevo osiguranje", "Adriatic osiguranje", "Euroherc", "Triglav")
_AUTHORITIES: Final = {"sarajevo": "MUP Kantona Sarajevo", "mostar": "MUP HNK-Ž"}
_LIFECYCLES: Final = ("active", "for_sale", "out_of_service")  # of parked cars: the first is grounded instead
_SOON, _LATER = (1, 28), (60, 330)  # days from today to the end of a paper


class Garage:
    """Cars and papers. Every booking is covered to its last day; beyond it some papers end within a month."""

    def __init__(self, clock: Clock, ids: Ids, user: str, seed: int) -> None:
        self.clock, self.ids, self.user = clock, ids, user
        self.rng = Random(f"{seed}:garage")  # noqa: S311 - reproducible on purpose
        self.cars = Sheet(
            Car, *_BASE, "license_plate", "plate_key", "vin", "manufacturer", "model", "year", "color", "category_id",
            "fuel_type", "transmission", "seats", "doors", "engine_power_hp", "tank_litres", "odometer_km",
            "daily_rate", "branch_id", "lifecycle",
        )  # fmt: skip
        self.insurances = Sheet(Insurance, *_PAPER, "kind", "provider")
        self.registrations = Sheet(Registration, *_PAPER, "authority")
        self.inspections = Sheet(Inspection, *_PAPER)

    def write(self, car: Wheels) -> None:
        make, base = car.make, self._base(car.first, car.id)
        age = self.rng.randrange(0, 4)
        self.cars.put(
            **base,
            license_plate=car.plate,
            plate_key=plate_key(car.plate),
            vin=make.wmi + "".join(self.rng.choices(_VIN, k=9)) + f"{car.number:05}",
            manufacturer=make.manufacturer,
            model=make.model,
            year=self.clock.year(car.first) - age,
            color=colour(car),
            category_id=car.category.pk,
            fuel_type=make.fuel,
            transmission=make.transmission,
            seats=make.seats,
            doors=make.doors,
            engine_power_hp=make.hp,
            tank_litres=make.tank,
            odometer_km=car.km,
            daily_rate=car.own_rate,
            branch_id=car.branch.pk,
            lifecycle=_LIFECYCLES[car.lot % 3] if car.part is Part.PARKED else "active",
        )
        self._papers(car)

    def _papers(self, car: Wheels) -> None:
        insurer = _INSURERS[car.number % len(_INSURERS)]
        lapsed = car.part is Part.PARKED and car.lot % 2 == 0
        liability = self._last_day(car, soon=car.number % 5 == 2) if not lapsed else self.clock.today - 12
        self._years(self.insurances, car, liability, "AO", "480.00", kind="liability", provider=insurer)
        if car.make.category in ("luxury", "business", "suv"):
            casco = self._last_day(car, soon=False)
            self._years(self.insurances, car, casco, "KA", "1150.00", kind="casco", provider=insurer)
        registration = self._last_day(car, soon=car.number % 7 == 3)
        authority = _AUTHORITIES.get(car.branch.code, "MUP Republike Srpske")
        self._years(self.registrations, car, registration, "REG", "95.00", authority=authority)
        self._years(self.inspections, car, self._last_day(car, soon=car.number % 6 == 4), "TP", "38.00")

    def _last_day(self, car: Wheels, *, soon: bool) -> int:
        least, most = _SOON if soon else _LATER
        return max(car.busy_until // DAY + 1, self.clock.today + self.rng.randrange(least, most))

    def _years(self, sheet: Sheet, car: Wheels, last: int, prefix: str, cost: str, **values: str) -> None:
        """Write yearly papers without a gap, back to the day on which the company got the car."""
        while last >= car.first // DAY:
            first = self.clock.day(last) - timedelta(364)
            number = f"{prefix}-{first.year}-{self.rng.randrange(10**6):06}"
            base = self._base(max(car.first, (last - 364) * DAY))
            days = {"valid_from": first, "valid_until": self.clock.day(last)}
            sheet.put(**base, car_id=car.id, number=number, cost=cost, **days, **values)
            last -= 365

    def _base(self, at: int, pk: str | None = None) -> dict[str, object]:
        written = self.clock.text(at)
        return {"id": pk or self.ids.new(at), "created_at": written, "updated_at": written, "created_by_id": self.user}

    def sheets(self) -> Iterator[Sheet]:
        yield from (self.cars, self.insurances, self.registrations, self.inspections)

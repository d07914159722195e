"""What is done to the cars: services as the kilometres come, reports of defects, days off the road."""

from dataclasses import dataclass
from typing import Any, Final

from cars.models import IssueReport
from fleet.db.period import months_later
from fleet.seed.catalogue import BRAKES, BRAKES_KM, OIL, OIL_KM, Catalogue
from fleet.seed.clock import DAY, HOUR
from fleet.seed.desk import Desk
from fleet.seed.sheet import Sheet, encoded
from fleet.seed.yard import Part, Wheels, restricted

_VENDORS: Final = ("Auto centar Koševo", "Servis Neretva", "Guma M", "Autohaus Vrbas")
_ISSUES: Final = (
    "id", "created_at", "updated_at", "created_by_id", "car_id", "title", "description", "severity", "status",
    "restriction", "reported_by_id", "resolved_by_id", "resolved_at", "resolution", "estimated_cost", "actual_cost",
)  # fmt: skip


@dataclass(frozen=True)
class Defect:
    title: str
    description: str
    severity: str
    status: str = "open"
    restriction: str = "none"
    estimate: str | None = None


_CRITICAL = Defect("Brake pedal goes to the floor", "Tow it.", "critical", "open", "grounded", "420.00")
_HIGH = Defect("Engine warning light is on", "Seen on the motorway.", "high", "open", "no_new_rentals", "260.00")
_GEARBOX = Defect("Gearbox slips in third", "Waiting for a part.", "high", "in_progress", "no_new_rentals", "1150.00")
_WIPER = Defect("Wiper blade smears", "", "low", estimate="18.00")
_HORN = Defect("Horn does not sound", "Loose plug behind the airbag cover.", "medium", "resolved", estimate="40.00")


class Workshop:
    """Writes service records through the desk's sheets, and issues on its own."""

    def __init__(self, desk: Desk, stock: Catalogue) -> None:
        self.desk, self.stock, self.clock = desk, stock, desk.clock
        self.issues = Sheet(IssueReport, *_ISSUES)

    def begin(self, car: Wheels) -> None:
        """Write the services the car had when the company got it; some are nearly a year old."""
        at = car.first
        if car.part is Part.IDLE and car.number % 4 == 0:
            at = min(at, self.clock.now - self.desk.between(345, 362) * DAY)
        km = max(0, car.service_at - OIL_KM)
        self._record(car, at, km, OIL, OIL_KM, months=12)
        self._record(car, at, km, BRAKES, BRAKES_KM, months=24)

    def visit(self, car: Wheels, back: int) -> None:
        """Service a car that has come back with enough kilometres, before its next customer."""
        if car.km < car.service_at:
            return
        at = back + 30
        car.services += 1
        car.service_at = car.km + OIL_KM
        self.desk.read_odometer(car, at, "service")
        self._record(car, at, car.km, OIL, OIL_KM, months=12)
        if car.services % 2 == 0:
            self._record(car, at, car.km, BRAKES, BRAKES_KM, months=24)

    def inspect(self, car: Wheels) -> None:
        """Report what is wrong with the car today, and take it off the road where its part says so."""
        if car.part is Part.PARKED and car.lot % 3 == 0:
            self._report(car, _CRITICAL, hours=30)
        if car.part is Part.PARKED and car.lot % 3 == 2:
            self._report(car, _GEARBOX, hours=50)
            self._off_the_road(car, "workshop", "Gearbox", -3 * HOUR, 6 * DAY)
        if restricted(car.number):
            self._report(car, _HIGH, hours=5)
        if car.number % 9 == 5:
            self._report(car, _WIPER, hours=70)
        if car.number % 4 == 1:
            self._report(car, _HORN, hours=24 * 20)
        if car.part is Part.IDLE:
            self._off_duty(car)

    def _off_duty(self, car: Wheels) -> None:
        days = {
            19: ("workshop", "Winter tyres", -HOUR, 5 * HOUR),
            8: ("block", "Kept for the trade fair", 0, 6 * HOUR),
            14: ("transfer", "To another branch", HOUR, 4 * HOUR),
        }.get(car.number % 20)
        if days:
            self._off_the_road(car, *days)

    def _record(self, car: Wheels, at: int, km: int, service: str, every_km: int, *, months: int) -> None:
        day, written = self.clock.day(at // DAY), self.clock.text(at)
        values: dict[str, Any] = {
            "id": self.desk.ids.new(at),
            "created_at": written,
            "updated_at": written,
            "created_by_id": self.desk.staff[0],
            "car_id": car.id,
            "service_date": day,
            "odometer_km": km,
            "service_type": service,
            "vendor": _VENDORS[car.number % len(_VENDORS)],
            "cost": "145.00" if service == OIL else "310.00",
            "plan_id": self.stock.plans[car.make.category, service].pk,
            "next_service_km": km + every_km,
            "next_service_date": months_later(day, months),
            "occupancy_id": None,
        }
        self.desk.sheets.service.put(**values)

    def _report(self, car: Wheels, defect: Defect, *, hours: int) -> None:
        at = self.clock.now - hours * HOUR
        user, written = self.desk.staff[-1], self.clock.text(at)
        solved = defect.status == "resolved"
        self.issues.put(
            id=self.desk.ids.new(at),
            created_at=written,
            updated_at=written,
            created_by_id=user,
            car_id=car.id,
            title=defect.title,
            description=defect.description,
            severity=defect.severity,
            status=defect.status,
            restriction=defect.restriction,
            reported_by_id=user,
            resolved_by_id=self.desk.staff[0] if solved else None,
            resolved_at=self.clock.text(at + DAY) if solved else None,
            resolution="Plugged in again and tested" if solved else "",
            estimated_cost=defect.estimate,
            actual_cost=defect.estimate if solved else None,
        )

    def _off_the_road(self, car: Wheels, kind: str, note: str, start: int, end: int) -> None:
        now, written = self.clock.now, self.clock.text(self.clock.now - DAY)
        period = f"[{self.clock.text(now + start)},{self.clock.text(now + end)})"
        pk, user = self.desk.ids.new(now - DAY), self.desk.staff[0]
        self.desk.sheets.occupancy.add(pk, written, written, user, car.id, period, kind, encoded(note), encoded(None))

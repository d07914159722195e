"""The car comes back: what the counter finds, and what that costs by the real formulas."""

from decimal import Decimal
from typing import Final

from cars.models import Car, Damage
from contracts import charges
from contracts.charges import Proposal
from contracts.models import Contract, Handover
from contracts.models.money import LineKind
from contracts.pricing import Line
from fleet.seed.clock import DAY, HOUR
from fleet.seed.desk import Desk
from fleet.seed.prices import written
from fleet.seed.rental import Rental
from fleet.seed.sheet import NULL, encoded
from fleet.seed.timetable import Fate

_GRACE: Final = 59
_MARKS: Final = (
    ("front_bumper", "scratch", "Scraped at a kerb, 10 cm", "120.00"),
    ("rear_left_door", "dent", "Dent of a car door", "180.00"),
    ("windscreen", "chip", "Stone chip below the mirror", "90.00"),
    ("wheel", "tyre", "Tyre cut at the side wall", "140.00"),
    ("mirror", "broken", "Glass of the right mirror is broken", "75.00"),
    ("interior", "interior", "Stain on the rear seat", "60.00"),
)
_WHY_WAIVED: Final = "Regular guest, waived as a courtesy"

# Filled in anew for each question to contracts/charges.py: building a model costs more than the answer.
_AGREED, _CAR, _OUT, _BACK = Contract(), Car(), Handover(), Handover()


def check_in(desk: Desk, rental: Rental) -> None:
    """Take the car back: active → returned; charges are proposed, and decided when the contract is settled."""
    rng, car = desk.rng, rental.car
    at = rental.end + desk.between(-90, 40)
    if rental.slot.spare and rng.random() < 0.04:
        at = rental.end + desk.between(HOUR, 5 * HOUR)
    rental.returned = rental.closed = at
    rental.status = "returned"
    rental.taken_until = at + car.category.turnaround_minutes
    fast = rng.random() < 0.04
    car.km += rental.days * desk.between(30, 190) + (rental.days * 160 if fast else 0)
    fuel = rental.fuel_out if rng.random() > 0.08 else rental.fuel_out - desk.between(1, 4)
    undecided = rental.slot.fate is Fate.RETURNED and car.lot % 2 == 0  # so that somebody has a charge to decide
    clean = rng.random() > 0.02 and not undecided
    pk = desk.hand_over(rental, "in", at, fuel=fuel, battery=desk.between(20, 95), clean="t" if clean else "f")
    for proposal in (*_owed(desk, rental, at, fuel, clean=clean), _mark(desk, rental, at, pk)):
        if proposal is not None and proposal.amount > 0:
            _decide(desk, rental, proposal, at)


def _owed(desk: Desk, rental: Rental, at: int, fuel: int, *, clean: bool) -> list[Proposal | None]:
    """Return what the formulas of contracts/charges.py say; asked only where there is something to say."""
    found: list[Proposal | None] = []
    car, category = rental.car, rental.car.category
    driven = car.km - rental.km_out
    if at - rental.end > _GRACE:
        _AGREED.end_at, _AGREED.daily_rate = desk.clock.instant(rental.end), car.daily_rate
        found.append(charges.late(_AGREED, desk.clock.instant(at)))
    if category.km_per_day is not None and driven > category.km_per_day * rental.days:
        _AGREED.km_per_day, _AGREED.excess_km_rate = category.km_per_day, category.excess_km_rate
        found.append(charges.excess_km(_AGREED, driven, rental.days))
    _CAR.license_plate, _CAR.tank_litres = car.plate, car.make.tank
    if fuel < rental.fuel_out and not car.electric:
        _OUT.fuel_eighths, _BACK.fuel_eighths = rental.fuel_out, fuel
        found.append(charges.fuel(_CAR, _OUT, _BACK))
    if not clean:
        _BACK.is_clean = False
        found.append(charges.cleaning(_CAR, _BACK))
    return found


def _mark(desk: Desk, rental: Rental, at: int, handover: str) -> Proposal | None:
    """Find a damage now and then; the older ones have been repaired since."""
    if desk.rng.random() > 0.015:
        return None
    panel, kind, note, cost = _MARKS[int(desk.rng.random() * len(_MARKS))]
    pk, when = rental.new_id(), desk.text(at)
    repaired = at + 9 * DAY
    done = (desk.text(repaired), cost) if repaired < desk.clock.now else (NULL, NULL)
    desk.sheets.damage.add(pk, when, when, rental.user, rental.car.id, panel, kind, note, handover, *done)
    return charges.damage(Damage(pk=pk, panel=panel, kind=kind), Decimal(cost))


def _decide(desk: Desk, rental: Rental, proposal: Proposal, at: int) -> None:
    """Accept the charge, or waive it; on contracts that are not settled yet it stays proposed."""
    decision, reason, line, when = "proposed", "", NULL, desk.text(at)
    decided = (when, rental.user) if rental.slot.fate is Fate.CLOSED else (NULL, NULL)
    if rental.slot.fate is Fate.CLOSED and desk.rng.random() < 0.12:
        decision, reason = "waived", _WHY_WAIVED
    elif rental.slot.fate is Fate.CLOSED:
        decision = "accepted"
        name = str(LineKind(proposal.kind).label)
        bill = Line(proposal.kind, name, proposal.quantity, proposal.unit_price, proposal.explained)
        line = desk.charge(rental, written(bill), when)
    base = (rental.new_id(), when, when, rental.user, rental.id, proposal.kind)
    numbers = (proposal.inputs, proposal.quantity, proposal.unit_price, proposal.amount, proposal.explained)
    desk.sheets.charge.add(*base, *map(encoded, numbers), decision, reason, *decided, line)

"""What a return would cost extra if the car came back like this now; nothing is written."""

from collections.abc import Sequence
from datetime import datetime

from cars.models import Damage
from contracts import charges
from contracts.charges import Proposal
from contracts.handover import Seen
from contracts.models import Contract, Handover


def foresee(contract: Contract, seen: Seen, *, now: datetime) -> Sequence[Proposal]:
    """Return the charges that `check_in` would propose, by the same formulas."""
    back = Handover(
        kind=Handover.Kind.IN,
        odometer_km=seen.odometer_km,
        fuel_eighths=seen.fuel_eighths,
        battery_pct=seen.battery_pct,
        is_clean=seen.clean,
    )
    found = [charges.late(contract, now), *charges.of_cars(contract, back)]
    found += [charges.damage(Damage(panel=one.panel, kind=one.kind), one.estimate) for one in seen.damages]
    return [one for one in found if one is not None and one.amount > 0]

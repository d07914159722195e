"""How far each contract has got: the steps behind it."""

from collections.abc import Callable
from typing import Final

from fleet.seed.desk import Desk
from fleet.seed.rental import Rental
from fleet.seed.returns import check_in
from fleet.seed.timetable import Fate, Slot
from fleet.seed.workshop import Workshop

type Step = Callable[[Desk, Rental], None]

_CONFIRMED: Final[tuple[Step, ...]] = (Desk.confirm,)
_ACTIVE: Final[tuple[Step, ...]] = (*_CONFIRMED, Desk.check_out)
_RETURNED: Final[tuple[Step, ...]] = (*_ACTIVE, check_in)
_LIVES: Final[dict[Fate, tuple[Step, ...]]] = {
    Fate.PENDING: (),
    Fate.EXPIRED: (Desk.expire,),
    Fate.CONFIRMED: _CONFIRMED,
    Fate.NO_SHOW: (*_CONFIRMED, Desk.mark_no_show),
    Fate.ACTIVE: _ACTIVE,
    Fate.RETURNED: _RETURNED,
    Fate.CLOSED: (*_RETURNED, Desk.settle),
}
_CANCELLED: Final[tuple[tuple[Step, ...], ...]] = ((Desk.cancel,), (*_CONFIRMED, Desk.cancel))


def live(desk: Desk, workshop: Workshop, slot: Slot) -> None:
    """Write one contract with everything that belongs to it."""
    rental = desk.book(slot)
    steps = _LIVES[slot.fate] if slot.fate in _LIVES else _CANCELLED[rental.start // 30 % 2]
    for step in steps:
        step(desk, rental)
    desk.put(rental)
    if slot.fate is Fate.CLOSED and rental.returned is not None:
        workshop.visit(rental.car, rental.returned)

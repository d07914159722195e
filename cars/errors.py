"""What the cars' rules say no with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleet.errors import DomainError

if TYPE_CHECKING:
    from cars.models import Car


class CarTaken(DomainError):
    """The ledger refuses; `taken` lists the rows in the way."""

    code = "occupied"
    detail = _("The car is taken in this period.")


class StillTaken(DomainError):
    """A car cannot leave the fleet before everything in `taken` is over, cancelled or released."""

    code = "still_taken"

    def __init__(self, car: "Car", taken: Sequence[dict[str, Any]]) -> None:
        super().__init__(
            gettext("%(plate)s is taken, now or later: %(number)s × in the ledger.")
            % {"plate": car.license_plate, "number": len(taken)},
            taken=taken,
        )


class CarGone(DomainError):
    """An archived or disposed car takes part in nothing any more."""

    code = "car_gone"

    def __init__(self, car: "Car") -> None:
        super().__init__(
            gettext("%(plate)s is %(state)s.") % {"plate": car.license_plate, "state": car.get_lifecycle_display()},
            lifecycle=car.lifecycle,
        )


class IllegalMove(DomainError):
    """The state of a car, an issue, a damage or a row of the ledger does not allow the verb."""

    code = "illegal_step"


class OdometerBackwards(DomainError):
    """A reading does not fit between its neighbours in time."""

    code = "odometer_backwards"
    status = 422

"""One contract as it is written: the steps of its life, in the order of contracts/lifecycle.py."""

from dataclasses import dataclass
from decimal import Decimal

from fleet.money import ZERO
from fleet.seed.timetable import Slot
from fleet.seed.yard import Wheels


@dataclass(slots=True)
class Rental:
    """A contract between booking and its last step; instants are minutes of the wall clock."""

    slot: Slot
    car: Wheels
    serial: int  # the number behind the last id
    created: int
    booked: str  # `created` in text
    start: int
    end: int
    days: int
    customer: str | None
    driver: str | None
    user: str
    id: str = ""
    assignment: str = ""
    status: str = "pending"
    taken_from: int = 0
    taken_until: int = 0
    confirmed: int = 0
    picked_up: int | None = None
    returned: int | None = None
    hold: int | None = None
    ended: int | None = None
    closed: int | None = None  # the assignment
    released: int | None = None  # the occupancy
    km_out: int = 0
    fuel_out: int = 8
    reason: str = ""
    total: Decimal = ZERO
    paid: Decimal = ZERO
    held: Decimal = ZERO
    held_by: str = "card"

    def new_id(self) -> str:
        """Return the next id: all rows of a contract count up from one UUIDv7 (RFC 9562, 6.2: monotonic counter)."""
        self.serial += 1
        return f"{self.serial:032x}"

"""The counter: takes each contract as far as it has got and writes every row that the verbs would have written."""

from collections import Counter
from decimal import Decimal
from random import Random
from typing import Final

from fleet.money import rounded
from fleet.seed.clock import DAY, HOUR, Clock
from fleet.seed.ids import Ids
from fleet.seed.people import People
from fleet.seed.prices import Prices, Written
from fleet.seed.rental import Rental
from fleet.seed.sheet import NULL, encoded
from fleet.seed.sheets import Sheets
from fleet.seed.timetable import Fate, Slot
from fleet.seed.yard import Wheels

_GRACE: Final = 59
_CHANNELS: Final = ("counter", "counter", "phone", "phone", "web")
_WHY_CANCELLED: Final = (
    "The guest's flight was cancelled",
    "The guest found a cheaper offer elsewhere",
    "Booked twice by mistake, see the other booking",
    "The trip was postponed to next month",
)
_HOLD: Final = 7 * DAY


class Desk:
    """Books and moves rentals along; what a return costs is found in `returns`."""

    def __init__(
        self, clock: Clock, ids: Ids, people: People, prices: Prices, staff: list[str], last: Counter[int], seed: int
    ) -> None:
        self.clock, self.ids, self.people, self.prices, self.staff = clock, ids, people, prices, staff
        self.rng = Random(f"{seed}:desk")  # noqa: S311 - reproducible on purpose
        self.last = last  # reference numbers given, by year
        self.sheets = Sheets()
        self.text = clock.text

    def between(self, least: int, most: int) -> int:
        return least + int(self.rng.random() * (most - least + 1))

    def book(self, slot: Slot) -> Rental:
        """Take the car and agree on a price."""
        rng, car = self.rng, slot.car
        created = self._booked_at(slot)
        full, rest = divmod(slot.end - slot.start, DAY)
        rental = Rental(
            slot,
            car,
            self.ids.number(created),
            created,
            self.text(created),
            slot.start,
            slot.end,
            max(full + (rest > _GRACE), 1),
            *self._who(slot, created),
            user=self.staff[int(rng.random() * len(self.staff))],
        )
        rental.id, rental.assignment = rental.new_id(), rental.new_id()
        extra = int(rng.random() * len(self.prices.extras)) if rng.random() < 0.3 else None
        for line in self.prices.quote(car.daily_rate, rental.days, extra):
            self.charge(rental, line, rental.booked)
        if rng.random() < 0.05:
            self.charge(rental, _discount(rental), rental.booked)
        turnaround = car.category.turnaround_minutes
        rental.taken_from, rental.taken_until = slot.start, slot.end + turnaround
        rental.hold = max(min(created + _HOLD, slot.start), created + 30)
        return rental

    def confirm(self, rental: Rental) -> None:
        """Hold the deposit; some pay at once."""
        most = min(rental.start, self.clock.now - 2, rental.created + 2 * DAY)
        rental.confirmed = self.between(rental.created, max(most, rental.created))
        rental.status, rental.hold = "confirmed", None
        rental.held_by = "card" if self.rng.random() < 0.8 else "cash"
        rental.held = rental.car.category.deposit
        self.pay(rental, "deposit_hold", rental.held, rental.held_by, rental.confirmed)
        if self.rng.random() < 0.3:
            self._pay_balance(rental, rental.confirmed)

    def check_out(self, rental: Rental) -> None:
        """Hand the car over; an overdue one stays taken until an hour from now."""
        car = rental.car
        at = rental.picked_up = min(rental.start + self.between(-10, 30), self.clock.now)
        rental.status = "active"
        rental.taken_from = min(rental.start, at)
        if rental.end < self.clock.now:
            rental.taken_until = self.clock.now + car.category.turnaround_minutes
        car.km += int(self.rng.random() * 6)  # driven by us between two rentals
        rental.km_out, rental.fuel_out = car.km, 8 - (self.rng.random() < 0.1)
        self.hand_over(rental, "out", at, fuel=rental.fuel_out, battery=self.between(70, 100), clean="t")
        if self.rng.random() < 0.6:
            self._pay_balance(rental, at)

    def settle(self, rental: Rental) -> None:
        """Take what is still owed and give the deposit back."""
        back = rental.returned or rental.end
        at = rental.ended = min(back + self.between(5, 10 * HOUR), self.clock.now)
        rental.status = "closed"
        self._pay_balance(rental, at)
        self._release_deposit(rental, at)

    def cancel(self, rental: Rental) -> None:
        first = max(rental.created, rental.confirmed) + 1
        at = self.between(first, max(first, min(rental.start, self.clock.now)))
        self._end(rental, "cancelled", at)
        if rental.paid:
            self.pay(rental, "refund", rental.paid, "transfer", at)
        self._release_deposit(rental, at)
        rental.reason = _WHY_CANCELLED[int(self.rng.random() * len(_WHY_CANCELLED))]

    def expire(self, rental: Rental) -> None:
        self._end(rental, "expired", min((rental.hold or rental.start) + 1, self.clock.now))

    def mark_no_show(self, rental: Rental) -> None:
        self._end(rental, "no_show", rental.start + 2 * HOUR + self.between(0, 90))
        self._release_deposit(rental, rental.start + 4 * HOUR)

    def _end(self, rental: Rental, status: str, at: int) -> None:
        rental.status, rental.hold = status, None
        rental.ended = rental.closed = rental.released = at

    def hand_over(self, rental: Rental, kind: str, at: int, *, fuel: int, battery: int, clean: str) -> str:
        """Write the hand-over and its reading of the odometer; return the hand-over's id."""
        car, written, pk = rental.car, self.text(at), rental.new_id()
        level = (NULL, str(battery)) if car.electric else (str(fuel), NULL)
        base, km = (written, written, rental.user), str(car.km)
        self.sheets.handover.add(pk, *base, rental.assignment, kind, written, rental.user, km, *level, clean)
        source = "check_out" if kind == "out" else "check_in"
        self.sheets.reading.add(rental.new_id(), *base, car.id, km, written, source)
        return pk

    def read_odometer(self, car: Wheels, at: int, source: str) -> None:
        """Write a reading that belongs to no hand-over."""
        written = self.text(at)
        base = (self.ids.new(at), written, written, self.staff[0])
        self.sheets.reading.add(*base, car.id, str(car.km), written, source)

    def charge(self, rental: Rental, line: Written, written: str) -> str:
        """Put a line on the bill and return its id."""
        pk = rental.new_id()
        kind, extra, description, *numbers = line.columns
        self.sheets.line.add(pk, written, written, rental.user, rental.id, kind, extra, description, *numbers)
        rental.total += line.amount
        return pk

    def pay(self, rental: Rental, kind: str, amount: Decimal, method: str, at: int, note: str = "") -> None:
        written = self.text(at)
        external = f"pi_{self.rng.getrandbits(64):016x}" if method == "card" else ""
        base = (rental.new_id(), written, written, rental.user, rental.id)
        self.sheets.payment.add(*base, kind, method, str(amount), external, note, written)

    def put(self, rental: Rental) -> None:
        """Write the contract, its assignment, its place in the ledger and who drives."""
        text, car = self.text, rental.car
        picked_up, returned, hold, ended, closed, released = [
            NULL if minute is None else text(minute)
            for minute in (rental.picked_up, rental.returned, rental.hold, rental.ended, rental.closed, rental.released)
        ]
        latest = next((at for at in (ended, returned, picked_up) if at is not NULL), rental.booked)
        base = (rental.booked, latest, rental.user)
        self.sheets.contract.add(
            rental.id, *base, self._reference(rental.created), rental.status, rental.customer or NULL, car.id,
            car.category_id, car.branch_id, car.branch_id, text(rental.start), text(rental.end), picked_up, returned,
            hold, ended, _CHANNELS[int(self.rng.random() * len(_CHANNELS))], *car.rates, str(rental.total),
            rental.reason,
        )  # fmt: skip
        occupancy = rental.new_id()
        period = f"[{text(rental.taken_from)},{text(rental.taken_until)})"
        self.sheets.occupancy.add(occupancy, *base, car.id, period, "rental", "", released)
        self.sheets.assignment.add(rental.assignment, *base, rental.id, occupancy, "1", closed)
        if rental.driver:
            self.sheets.drivers.add(rental.id, rental.driver)
        if rental.released is None:
            car.busy_until = max(car.busy_until, rental.taken_until)

    def _reference(self, created: int) -> str:
        year = self.clock.year(created)
        self.last[year] += 1
        return f"R-{year}-{self.last[year]:06}"

    def _booked_at(self, slot: Slot) -> int:
        now = self.clock.now
        if slot.start <= now:
            walk_in = self.rng.random() < 0.2 and slot.fate is not Fate.EXPIRED
            return slot.start - (15 if walk_in else self.between(40, 20 * DAY))
        ago = {
            Fate.PENDING: (5, 6 * DAY),
            Fate.EXPIRED: (_HOLD + 10, _HOLD + 4 * DAY),
        }.get(slot.fate, (20, 12 * DAY))
        return now - self.between(*ago)

    def _who(self, slot: Slot, created: int) -> tuple[str | None, str | None]:
        """Return customer and named driver: a company names one, a first call may come without a customer."""
        people, rng, share = self.people, self.rng, self.people.known(created)
        if slot.fate in (Fate.PENDING, Fate.EXPIRED) and rng.random() < 0.25:
            return None, None
        person = people.persons[int(rng.random() * share * len(people.persons))]
        companies = int(share * len(people.companies))
        if companies and rng.random() < 0.08:
            return people.companies[int(rng.random() * companies)], person
        return person, None

    def _pay_balance(self, rental: Rental, at: int) -> None:
        due = rental.total - rental.paid
        if due:
            method = ("card", "card", "cash", "transfer")[int(self.rng.random() * 4)]
            self.pay(rental, "payment" if due > 0 else "refund", abs(due), method, at)
            rental.paid = rental.total

    def _release_deposit(self, rental: Rental, at: int) -> None:
        if rental.held:
            self.pay(rental, "deposit_release", rental.held, rental.held_by, at)
            rental.held = Decimal(0)


def _discount(rental: Rental) -> Written:
    amount = -rounded(rental.total * Decimal("0.1"))
    values = ("discount", None, "Regular guest", 1, amount, amount, f"10 % of {rental.total}: {amount}")
    return Written(tuple(encoded(value) for value in values), amount)

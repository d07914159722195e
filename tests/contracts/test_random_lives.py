"""Random verbs on a small fleet against a model that compares everything with everything."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cars.models import Car, Occupancy
from contracts import charges, lifecycle, payments, underway
from contracts.booking import Booking
from contracts.errors import BalanceOpen, ChargesOpen, DepositOpen, IllegalStep, NotRentable
from contracts.handover import Seen
from contracts.models import Contract
from contracts.status import STEPS
from fleet.errors import DomainError, Invalid
from tests.factories import contracts as given
from tests.factories.contracts import NOW

HOUR = timedelta(hours=1)
CARS = 3
RATE, DEPOSIT, KM_A_DAY, PER_KM = Decimal("40.00"), Decimal("200.00"), 200, Decimal("0.20")
hours = st.integers(min_value=1, max_value=60)
which = st.integers(min_value=0, max_value=30)


@dataclass
class Expected:
    """What the model believes of one contract."""

    status: str
    car: int
    start: datetime
    end: datetime
    hold: datetime | None
    rows: list[list[Any]] = field(default_factory=list)  # [car, from, to, open]
    total: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    ended: datetime | None = None


def days(start: datetime, end: datetime) -> int:
    """Count one day at a time: no division to share a mistake with the code under test."""
    count = 1
    while start + count * 24 * HOUR + timedelta(minutes=59) < end:
        count += 1
    return count


class Rentals(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.by = given.manager()
        self.cars = [given.rentable_car() for _ in range(CARS)]
        self.customer = given.driver()
        self.now = NOW
        self.km = [1_000] * CARS
        self.lives: dict[Any, Expected] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # the model

    def pick(self, place: int, *statuses: str) -> tuple[Any, Expected] | None:
        found = [(pk, life) for pk, life in self.lives.items() if not statuses or life.status in statuses]
        return found[place % len(found)] if found else None

    def free(self, car: int, start: datetime, end: datetime, *, but: Any = None) -> bool:
        return not any(
            row[3] and row[0] == car and row[1] < end and start < row[2]
            for life in self.lives.values()
            for row in life.rows
            if row is not but
        )

    def try_step(self, expect: bool, error: Any, work: Any) -> Any:
        """Run the verb in a savepoint; it must succeed exactly when the model says so."""
        try:
            with transaction.atomic():
                done = work()
        except error:
            assert not expect, "the model allows what the verb refused"
            return None
        assert expect, "the verb allowed what the model refuses"
        return done

    # the clock

    @rule(passed=st.integers(min_value=1, max_value=30))
    def time_passes(self, passed: int) -> None:
        self.now += passed * HOUR

    @rule()
    def holds_expire(self) -> None:
        for contract in Contract.objects.hold_passed(self.now):
            lifecycle.expire(contract, now=self.now)
        for life in self.lives.values():
            unpaid = not life.paid and not life.held
            if unpaid and life.status == "pending" and life.hold is not None and life.hold <= self.now:
                life.status, life.hold, life.ended, life.rows[-1][3] = "expired", None, self.now, False

    @rule()
    def overdue_cars_grow(self) -> None:
        for pk in underway.overdue_ids(self.now):
            underway.grow(pk, now=self.now)
        for life in self.lives.values():
            if life.status == "active" and life.end < self.now:
                row = life.rows[-1]
                row[2] = max(row[2], min(self.now + HOUR, self.next_after(row)))

    def next_after(self, row: list[Any]) -> datetime:
        later = [r[1] for life in self.lives.values() for r in life.rows if r[3] and r[0] == row[0] and r[1] > row[1]]
        return min(later, default=datetime.max.replace(tzinfo=NOW.tzinfo))

    # the verbs

    @rule(car=st.integers(0, CARS - 1), wait=st.integers(0, 80), length=hours)
    def book(self, car: int, wait: int, length: int) -> None:
        start = self.now + wait * HOUR
        end = start + length * HOUR
        wanted = Booking(self.cars[car].pk, start, end, self.customer.pk)
        possible = self.free(car, start, end + HOUR)
        done = self.try_step(possible, NotRentable, lambda: lifecycle.book(wanted, by=self.by, now=self.now))
        if done:
            hold = max(min(self.now + 7 * 24 * HOUR, start), self.now + HOUR / 2)
            life = Expected("pending", car, start, end, hold, [[car, start, end + HOUR, True]])
            life.total = RATE * days(start, end)
            self.lives[done.pk] = life

    @rule(place=which, with_deposit=st.booleans())
    def confirm(self, place: int, with_deposit: bool) -> None:
        if not (found := self.pick(place, "pending")):
            return
        pk, life = found
        if with_deposit:
            payments.record(pk, kind="deposit_hold", method="card", amount=DEPOSIT, by=self.by, now=self.now)
            life.held += DEPOSIT
        possible = life.held >= DEPOSIT
        if self.try_step(possible, DepositOpen, lambda: lifecycle.confirm(pk, by=self.by, now=self.now)):
            life.status, life.hold = "confirmed", None

    @rule(place=which)
    def cancel(self, place: int) -> None:
        if found := self.pick(place, "pending", "confirmed"):
            pk, life = found
            lifecycle.cancel(pk, reason="The plans have changed.", by=self.by, now=self.now)
            life.status, life.hold, life.ended, life.rows[-1][3] = "cancelled", None, self.now, False

    @rule(place=which)
    def reopen(self, place: int) -> None:
        if not (found := self.pick(place, "expired")):
            return
        pk, life = found
        assert life.ended is not None
        free = self.free(life.car, life.start, life.end + HOUR)
        possible = self.now - life.ended <= 5 * 24 * HOUR and life.start >= self.now and free
        refused = (IllegalStep, NotRentable)
        if self.try_step(possible, refused, lambda: lifecycle.reopen(pk, by=self.by, now=self.now)):
            life.hold = max(min(self.now + 7 * 24 * HOUR, life.start), self.now + HOUR / 2)
            life.status, life.ended, life.rows[-1][3] = "pending", None, True

    @rule(place=which)
    def mark_no_show(self, place: int) -> None:
        if not (found := self.pick(place, "confirmed")):
            return
        pk, life = found
        possible = self.now >= life.start + 2 * HOUR
        if self.try_step(possible, IllegalStep, lambda: lifecycle.mark_no_show(pk, by=self.by, now=self.now)):
            life.status, life.ended, life.rows[-1][3] = "no_show", self.now, False

    @rule(place=which)
    def check_out(self, place: int) -> None:
        if not (found := self.pick(place, "confirmed")):
            return
        pk, life = found
        row = life.rows[-1]
        begins = min(self.now, row[1])
        possible = life.start - 2 * HOUR <= self.now < life.end and self.free(life.car, begins, row[2], but=row)
        seen = Seen(self.km[life.car], 8)
        refused = (IllegalStep, NotRentable)
        if self.try_step(possible, refused, lambda: lifecycle.check_out(pk, seen=seen, by=self.by, now=self.now)):
            life.status, row[1] = "active", begins

    @rule(place=which, more=hours)
    def extend(self, place: int, more: int) -> None:
        if not (found := self.pick(place, "active")):
            return
        pk, life = found
        row, end = life.rows[-1], life.end + more * HOUR
        possible = end > self.now and self.free(life.car, row[1], end + HOUR, but=row)
        refused = (NotRentable, Invalid)
        if self.try_step(possible, refused, lambda: underway.extend(pk, end_at=end, by=self.by, now=self.now)):
            life.total += RATE * (days(life.start, end) - days(life.start, life.end))
            life.end, row[2] = end, end + HOUR

    @rule(place=which, car=st.integers(0, CARS - 1), driven=st.integers(0, 900))
    def swap(self, place: int, car: int, driven: int) -> None:
        if not (found := self.pick(place, "active")):
            return
        pk, life = found
        row = life.rows[-1]
        possible = car != life.car and self.now < life.end and self.free(car, self.now, life.end + HOUR)
        back, out = Seen(self.km[life.car] + driven, 8), Seen(self.km[car], 8)
        refused = (IllegalStep, NotRentable, Invalid)
        done = self.try_step(
            possible,
            refused,
            lambda: underway.swap(pk, car_id=self.cars[car].pk, back=back, out=out, by=self.by, now=self.now),
        )
        if done:
            self.km[life.car] += driven
            row[2] = min(self.now + HOUR, self.next_after(row))
            life.car = car
            life.rows.append([car, self.now, life.end + HOUR, True])

    @rule(place=which, driven=st.integers(0, 900), fuel=st.integers(0, 8), clean=st.booleans())
    def check_in(self, place: int, driven: int, fuel: int, clean: bool) -> None:
        if not (found := self.pick(place, "active")):
            return
        pk, life = found
        seen = Seen(self.km[life.car] + driven, fuel, clean=clean)
        lifecycle.check_in(pk, seen=seen, by=self.by, now=self.now)
        self.km[life.car] += driven
        row = life.rows[-1]
        row[2] = min(self.now + HOUR, self.next_after(row))
        life.status = "returned"

    @rule(place=which, accept=st.booleans())
    def decide_a_charge(self, place: int, accept: bool) -> None:
        if not (found := self.pick(place, "returned")):
            return
        pk, life = found
        for charge in Contract.objects.get(pk=pk).charges.proposed():
            if accept:
                charges.accept(charge.pk, by=self.by, now=self.now)
                life.total += charge.amount
            else:
                charges.waive(charge.pk, reason="The customer was right.", by=self.by, now=self.now)

    @rule(place=which)
    def pay(self, place: int) -> None:
        if (found := self.pick(place, "pending", "confirmed", "active", "returned")) and found[1].total > found[1].paid:
            pk, life = found
            owed = life.total - life.paid
            payments.record(pk, kind="payment", method="cash", amount=owed, by=self.by, now=self.now)
            life.paid += owed

    @rule(place=which, release=st.booleans())
    def settle(self, place: int, release: bool) -> None:
        if not (found := self.pick(place, "returned")):
            return
        pk, life = found
        open_charges = Contract.objects.get(pk=pk).charges.proposed().exists()
        possible = not open_charges and life.paid == life.total and (release or life.held == 0)
        refused = (ChargesOpen, BalanceOpen, DepositOpen)
        done = self.try_step(
            possible, refused, lambda: lifecycle.settle(pk, by=self.by, now=self.now, release_deposit=release)
        )
        if done:
            life.status, life.held = "closed", Decimal(0) if release else life.held

    @precondition(lambda self: self.lives)
    @rule(place=which, verb=st.sampled_from(["confirm", "reopen", "cancel", "mark_no_show", "check_out", "check_in"]))
    def a_verb_out_of_turn_is_refused(self, place: int, verb: str) -> None:
        found = self.pick(place)
        assert found is not None
        pk, life = found
        if life.status in STEPS[verb][0]:
            return
        extra: dict[str, Any] = {"seen": Seen(1, 8)} if verb.startswith("check") else {}
        extra |= {"reason": "The plans have changed."} if verb == "cancel" else {}
        with pytest.raises(DomainError):
            getattr(lifecycle, verb)(pk, by=self.by, now=self.now, **extra)

    # what must always be true

    @invariant()
    def the_database_agrees_with_the_model(self) -> None:
        known = {contract.pk: contract for contract in Contract.objects.with_money()}
        assert known.keys() == self.lives.keys()
        for pk, life in self.lives.items():
            found = known[pk]
            assert (found.status, found.car_id) == (life.status, self.cars[life.car].pk)
            assert (found.total, found.paid, found.held) == (life.total, life.paid, life.held)
            assert found.total == sum((line.amount for line in found.lines.all()), Decimal(0))
        rows = {(row[0], row[1], row[2]) for life in self.lives.values() for row in life.rows if row[3]}
        places = {car.pk: place for place, car in enumerate(self.cars)}
        open_rows = [
            (places[car], period.lower, period.upper)
            for car, period in Occupancy.objects.open().values_list("car", "period")
        ]
        assert sorted(open_rows) == sorted(rows)

    @invariant()
    def no_two_rows_overlap(self) -> None:
        rows = list(Occupancy.objects.open().values_list("car", "period"))
        for place, (car, one) in enumerate(rows):
            for other_car, other in rows[place + 1 :]:
                assert car != other_car or one.upper <= other.lower or other.upper <= one.lower

    @invariant()
    def the_guards_are_content_and_odometers_go_forward(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        shown = dict(Car.objects.values_list("pk", "odometer_km"))
        assert all(shown[car.pk] in (0, self.km[place]) for place, car in enumerate(self.cars))


@pytest.mark.django_db
def test_no_sequence_of_verbs_breaks_the_ledger_the_states_or_the_money() -> None:
    run_state_machine_as_test(
        Rentals,
        settings=settings(
            max_examples=int(os.environ.get("FLEET_EXAMPLES", "12")),
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

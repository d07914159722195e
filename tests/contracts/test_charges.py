"""What a return costs extra, and who decides."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from contracts import charges
from contracts.errors import IllegalStep
from contracts.models import Charge, Contract
from fleet.errors import DomainError, Invalid, NotAllowed
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.contracts import BACK_AT, END

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def by() -> User:
    return given.manager()


@pytest.fixture
def dirty(by: User) -> Contract:
    return given.returned(by=by, back=replace(given.BACK, clean=False))


@pytest.mark.parametrize(
    ("late", "amount"),
    [
        (timedelta(minutes=59), None),
        (timedelta(minutes=60), "10.00"),  # one started hour of 60/6
        (timedelta(minutes=61), "20.00"),
        (5 * HOUR, "50.00"),
        (6 * HOUR, "60.00"),
        (7 * HOUR, "60.00"),  # capped at a day
        (24 * HOUR, "60.00"),
        (25 * HOUR, "70.00"),
        (30 * HOUR, "120.00"),
        (48 * HOUR, "120.00"),
    ],
)
def test_late_hours_cost_a_sixth_of_a_day_capped_at_a_day(late: timedelta, amount: str | None) -> None:
    contract = Contract(end_at=END, daily_rate=Decimal("60.00"))
    found = charges.late(contract, END + late)
    assert (found.amount if found else None) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(("driven", "amount"), [(600, None), (601, "0.20"), (1_000, "80.00")])
def test_km_beyond_the_allowance_are_charged(driven: int, amount: str | None) -> None:
    contract = Contract(km_per_day=200, excess_km_rate=Decimal("0.20"))
    found = charges.excess_km(contract, driven, days=3)
    assert (found.amount if found else None) == (Decimal(amount) if amount else None)


def test_unlimited_km_are_never_charged() -> None:
    assert charges.excess_km(Contract(km_per_day=None, excess_km_rate=Decimal(1)), 99_999, days=1) is None


def test_an_accepted_charge_becomes_a_line_and_part_of_the_total(by: User, dirty: Contract) -> None:
    charge = charges.accept(dirty.charges.get().pk, by=by, now=BACK_AT)
    dirty.refresh_from_db()
    assert charge.line is not None
    assert (charge.status, charge.line.amount, dirty.total) == ("accepted", Decimal("40.00"), Decimal("160.00"))


def test_a_waived_charge_keeps_its_reason_and_costs_nothing(by: User, dirty: Contract) -> None:
    charge = charges.waive(dirty.charges.get().pk, reason="It was raining all day.", by=by, now=BACK_AT)
    dirty.refresh_from_db()
    assert (charge.status, charge.reason, dirty.total) == ("waived", "It was raining all day.", Decimal("120.00"))


def test_a_charge_is_decided_once(by: User, dirty: Contract) -> None:
    charge = dirty.charges.get()
    charges.accept(charge.pk, by=by, now=BACK_AT)
    with pytest.raises(IllegalStep):
        charges.accept(charge.pk, by=by, now=BACK_AT)
    with pytest.raises(IllegalStep):
        charges.waive(charge.pk, reason="Changed my mind.", by=by, now=BACK_AT)


def test_waiving_needs_a_permission_and_a_reason(by: User, dirty: Contract) -> None:
    charge = dirty.charges.get()
    with pytest.raises(NotAllowed):
        charges.waive(charge.pk, reason="It was raining all day.", by=UserFactory(role="agent"), now=BACK_AT)
    with pytest.raises(Invalid):
        charges.waive(charge.pk, reason="rain", by=by, now=BACK_AT)
    assert Charge.objects.get().status == "proposed"


def test_a_discount_is_below_zero_and_not_larger_than_the_bill(by: User) -> None:
    contract = given.booked(by=by)
    for kind, amount in [("discount", "10.00"), ("discount", "-120.01"), ("fine", "-1.00"), ("rental", "5.00")]:
        with pytest.raises(Invalid):
            charges.add_line(contract.pk, kind=kind, description="x", amount=Decimal(amount), by=by, now=BACK_AT)
    done = charges.add_line(
        contract.pk, kind="discount", description="Loyalty", amount=Decimal("-20.00"), by=by, now=BACK_AT
    )
    assert done.total == Decimal("100.00")


def test_agents_do_not_change_prices() -> None:
    contract = given.booked(by=given.manager())
    with pytest.raises(NotAllowed):
        charges.add_line(
            contract.pk,
            kind="discount",
            description="x",
            amount=Decimal(-1),
            by=UserFactory(role="agent"),
            now=BACK_AT,
        )


def test_a_closed_contract_takes_no_more_lines(by: User) -> None:
    contract = given.closed(by=by)
    with pytest.raises(DomainError):
        charges.add_line(contract.pk, kind="fine", description="x", amount=Decimal(1), by=by, now=BACK_AT)

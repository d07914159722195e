"""From the first call to the last cent: every verb, from every state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection

from accounts.models import User
from cars.models import Occupancy
from contracts import charges, lifecycle, payments, underway
from contracts.availability import Override
from contracts.errors import BalanceOpen, ChargesOpen, DepositOpen, IllegalStep, NotRentable, OutOfStock
from contracts.models import Contract
from contracts.status import STEPS, Status
from fleet.errors import DomainError, Invalid, NotAllowed
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, InsuranceFactory, IssueReportFactory
from tests.factories.contracts import BACK_AT, END, NOW, START
from tests.factories.customers import CustomerFactory, FlagFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    return given.manager()


def refusal_codes(error: pytest.ExceptionInfo[NotRentable]) -> set[str]:
    return {refusal["code"] for refusal in error.value.data["refusals"]}


def open_rows(contract: Contract) -> list[Occupancy]:
    return list(Occupancy.objects.open().filter(assignment__contract=contract, assignment__closed_at=None))


# book


def test_booking_takes_the_car_until_the_end_and_its_turnaround(by: User) -> None:
    contract = given.booked(by=by)
    (row,) = open_rows(contract)
    assert contract.status == Status.PENDING
    assert (row.period.lower, row.period.upper) == (START, END + HOUR)
    assert row.kind == "rental"


def test_booking_prices_from_our_own_rates(by: User) -> None:
    car = given.rentable_car(daily_rate=Decimal("55.00"))
    contract = given.booked(by=by, car=car)
    assert (contract.daily_rate, contract.total, contract.deposit) == (55, Decimal("165.00"), car.category.deposit)


def test_later_price_changes_do_not_touch_a_booking(by: User) -> None:
    contract = given.booked(by=by)
    contract.category.daily_rate = Decimal("999.00")
    contract.category.save()
    contract.refresh_from_db()
    assert contract.total == Decimal("120.00")


@pytest.mark.parametrize(
    ("start", "hold"),
    [(DAY, DAY), (timedelta(days=30), timedelta(days=7)), (timedelta(minutes=5), timedelta(minutes=30))],
)
def test_the_hold_lasts_to_the_start_at_most_a_week_at_least_half_an_hour(
    by: User, start: timedelta, hold: timedelta
) -> None:
    contract = given.booked(by=by, start_at=NOW + start, end_at=NOW + start + DAY)
    assert contract.hold_expires_at == NOW + hold


def test_a_second_booking_of_the_same_time_is_refused_with_reasons(by: User) -> None:
    first = given.booked(by=by)
    with pytest.raises(NotRentable) as error:
        given.booked(by=by, car=first.car)
    assert refusal_codes(error) == {"occupied"}


def test_the_turnaround_is_refused_too_and_the_minute_after_is_not(by: User) -> None:
    first = given.booked(by=by)
    with pytest.raises(NotRentable):
        given.booked(by=by, car=first.car, start_at=END + HOUR - timedelta(seconds=1), end_at=END + DAY)
    assert given.booked(by=by, car=first.car, start_at=END + HOUR, end_at=END + DAY)


def test_references_have_no_gaps_also_after_a_refusal(by: User) -> None:
    first = given.booked(by=by)
    with pytest.raises(NotRentable):
        given.booked(by=by, car=first.car)
    second = given.booked(by=by)
    assert (first.reference, second.reference) == ("R-2026-000001", "R-2026-000002")


def test_the_number_stands_in_the_contract_its_trail_and_its_event(by: User) -> None:
    contract = given.booked(by=by)

    assert contract.reference == Contract.objects.get(pk=contract.pk).reference
    assert contract.reference.startswith("R-")
    entry = LogEntry.objects.get(object_pk=str(contract.pk), action=LogEntry.Action.CREATE)
    assert (entry.object_repr, entry.changes["reference"]) == (contract.reference, [None, contract.reference])
    assert Event.objects.get(subject_id=contract.pk).payload["reference"] == contract.reference
    contract.save()
    assert LogEntry.objects.filter(object_pk=str(contract.pk)).count() == 1  # nothing has changed


def test_a_repeated_external_reference_returns_the_first_contract(by: User) -> None:
    car, customer = given.rentable_car(), given.driver()
    first = given.booked(by=by, car=car, customer=customer, external_ref="web-1")
    again = given.booked(by=by, car=car, customer=customer, external_ref="web-1")
    assert again.pk == first.pk
    assert Contract.objects.count() == 1


def test_an_external_reference_for_something_else_is_refused(by: User) -> None:
    first = given.booked(by=by, external_ref="web-1")
    with pytest.raises(DomainError) as error:
        given.booked(by=by, car=first.car, external_ref="web-1", end_at=END + DAY)
    assert error.value.code == "external_ref_taken"


def test_two_accounts_may_use_the_same_external_reference(by: User) -> None:
    given.booked(by=by, external_ref="1")
    assert given.booked(by=given.manager(), external_ref="1")


def test_end_before_start_is_refused(by: User) -> None:
    with pytest.raises(Invalid) as error:
        given.booked(by=by, end_at=START)
    assert error.value.code == "ends_before_it_starts"


def test_a_gap_of_one_day_in_the_insurance_is_refused(by: User) -> None:
    car = given.rentable_car()
    car.insurances.update(valid_until=(START + DAY).date())
    InsuranceFactory(car=car, valid_from=(START + 3 * DAY).date())
    with pytest.raises(NotRentable) as error:
        given.booked(by=by, car=car)
    assert refusal_codes(error) == {"uninsured"}


def test_casco_alone_is_no_cover(by: User) -> None:
    car = given.rentable_car()
    car.insurances.update(kind="casco")
    with pytest.raises(NotRentable) as error:
        given.booked(by=by, car=car)
    assert refusal_codes(error) == {"uninsured"}


def test_every_refusal_is_told_at_once(by: User) -> None:
    car, customer = given.rentable_car(lifecycle="for_sale"), CustomerFactory(licence_number="")
    FlagFactory(customer=customer, blocking=True)
    IssueReportFactory(car=car, severity="critical")
    with pytest.raises(NotRentable) as error:
        given.booked(by=by, car=car, customer=customer)
    assert refusal_codes(error) == {"not_in_service", "grounded", "licence_missing", "do_not_rent"}


def test_a_manager_overrides_with_a_reason_that_is_kept(by: User) -> None:
    car = given.rentable_car()
    IssueReportFactory(car=car, severity="high")
    request = given.wanted(car, customer_id=given.driver().pk)
    override = Override("no_new_rentals", "The noise was only a loose mat.")
    contract = lifecycle.book(request, by=by, now=NOW, overrides=[override])
    assert contract.overrides == [
        {"code": override.code, "reason": override.reason, "by": str(by.pk), "at": NOW.isoformat()}
    ]


@pytest.mark.parametrize(
    ("role", "code", "reason", "error"),
    [
        ("agent", "no_new_rentals", "The noise was only a mat.", NotAllowed),
        ("manager", "no_new_rentals", "because", Invalid),
        ("manager", "service_overdue", "The wrong code is named.", NotRentable),
    ],
)
def test_an_override_needs_permission_reason_and_the_right_code(
    role: str, code: str, reason: str, error: type[DomainError]
) -> None:
    car = given.rentable_car()
    IssueReportFactory(car=car, severity="high")
    with pytest.raises(error):
        lifecycle.book(given.wanted(car), by=UserFactory(role=role), now=NOW, overrides=[Override(code, reason)])


def test_nobody_overrides_a_block(by: User) -> None:
    first = given.booked(by=by)
    override = Override("occupied", "The customer is really nice.")
    with pytest.raises(NotRentable):
        lifecycle.book(given.wanted(first.car), by=by, now=NOW, overrides=[override])


def test_extras_are_counted_over_overlapping_contracts(by: User) -> None:
    seat = given.ExtraFactory(code="seat", stock=3, max_quantity=2)
    given.booked(by=by, extras=[("seat", 2)])
    with pytest.raises(OutOfStock) as error:
        given.booked(by=by, extras=[("seat", 2)])
    assert error.value.data == {"extra": seat.code, "left": 1}
    assert given.booked(by=by, extras=[("seat", 2)], start_at=END + DAY, end_at=END + 2 * DAY)


@pytest.mark.parametrize(
    ("extras", "code"),
    [
        ([("nothing", 1)], "unknown_extra"),
        ([("seat", 4)], "extra_quantity"),
        ([("seat", 0)], "extra_quantity"),
        ([("seat", 1), ("seat", 1)], "extra_twice"),
    ],
)
def test_impossible_extras_are_refused(by: User, extras: Any, code: str) -> None:
    given.ExtraFactory(code="seat", max_quantity=3)
    with pytest.raises(Invalid) as error:
        given.booked(by=by, extras=extras)
    assert error.value.code == code


def test_a_closed_branch_takes_no_bookings(by: User) -> None:
    with pytest.raises(Invalid) as error:
        given.booked(by=by, return_branch_id=BranchFactory(is_active=False).pk)
    assert error.value.code == "branch_closed"


# confirm


def test_confirming_needs_the_deposit_held(by: User) -> None:
    contract = given.booked(by=by)
    with pytest.raises(DepositOpen):
        lifecycle.confirm(contract.pk, by=by, now=NOW)
    payments.record(contract.pk, kind="deposit_hold", method="card", amount=contract.deposit, by=by, now=NOW)
    assert lifecycle.confirm(contract.pk, by=by, now=NOW).status == Status.CONFIRMED


def test_a_deposit_is_waived_with_permission_and_reason(by: User) -> None:
    contract = given.booked(by=by)
    with pytest.raises(NotAllowed):
        lifecycle.confirm(contract.pk, by=UserFactory(role="agent"), now=NOW, waive_deposit="A regular customer.")
    with pytest.raises(Invalid):
        lifecycle.confirm(contract.pk, by=by, now=NOW, waive_deposit="regular")
    done = lifecycle.confirm(contract.pk, by=by, now=NOW, waive_deposit="A regular customer.")
    assert done.overrides[0]["code"] == "deposit"


def test_a_booking_without_customer_gets_one_at_confirmation(by: User) -> None:
    contract = lifecycle.book(given.wanted(given.rentable_car()), by=by, now=NOW)
    with pytest.raises(Invalid) as error:
        lifecycle.confirm(contract.pk, by=by, now=NOW, waive_deposit="A regular customer.")
    assert error.value.code == "customer_missing"
    customer = given.driver()
    done = lifecycle.confirm(contract.pk, by=by, now=NOW, customer_id=customer.pk, waive_deposit="A regular customer.")
    assert done.customer == customer


def test_confirming_asks_the_gate_again(by: User) -> None:
    contract = given.booked(by=by)
    contract.car.registrations.all().delete()
    with pytest.raises(NotRentable) as error:
        lifecycle.confirm(contract.pk, by=by, now=NOW, waive_deposit="A regular customer.")
    assert refusal_codes(error) == {"unregistered"}


@pytest.fixture
def forgiven(by: User) -> Contract:
    """Return a promise to a company with a driver of its own and a flag that was cleared."""
    company = CustomerFactory(company=True, verified=True)
    FlagFactory(customer=company, blocking=True, cleared_at=NOW, cleared_by=by)
    return given.confirmed(by=by, customer=company, driver_ids=[given.driver().pk])


def test_a_cleared_flag_of_a_company_stops_nothing_from_confirmation_to_swap(by: User, forgiven: Contract) -> None:
    lifecycle.check_out(forgiven.pk, seen=given.FULL_TANK, by=by, now=START)
    underway.extend(forgiven.pk, end_at=END + DAY, by=by, now=START)
    new = given.rentable_car()
    done = underway.swap(forgiven.pk, car_id=new.pk, back=given.BACK, out=given.FULL_TANK, by=by, now=START + HOUR)
    assert done.car == new


def test_an_open_flag_of_a_company_stops_its_driver(by: User) -> None:
    contract = given.confirmed(
        by=by, customer=CustomerFactory(company=True, verified=True), driver_ids=[given.driver().pk]
    )
    FlagFactory(customer=contract.customer, blocking=True)
    with pytest.raises(NotRentable) as error:
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert refusal_codes(error) == {"do_not_rent"}


# expire, reopen, cancel, no-show


def test_a_hold_that_passed_expires_and_frees_the_car(by: User) -> None:
    contract = given.booked(by=by)
    assert contract.hold_expires_at is not None
    done = lifecycle.expire(Contract.objects.get(pk=contract.pk), now=contract.hold_expires_at)
    assert done.status == Status.EXPIRED
    assert open_rows(contract) == []
    assert given.booked(by=by, car=contract.car)


def test_a_confirmed_booking_never_expires(by: User) -> None:
    contract = given.confirmed(by=by)
    with pytest.raises(IllegalStep):
        lifecycle.expire(contract, now=NOW + timedelta(days=400))


@pytest.mark.parametrize("kind", ["payment", "deposit_hold"])
def test_a_booking_with_money_on_it_never_expires(by: User, kind: str) -> None:
    contract, later = given.booked(by=by), NOW + timedelta(days=400)
    payments.record(contract.pk, kind=kind, method="card", amount=Decimal(1), by=by, now=NOW)
    assert not Contract.objects.hold_passed(later).exists()
    with pytest.raises(IllegalStep):
        lifecycle.expire(contract, now=later)


def test_a_cancelled_booking_owes_nothing(by: User) -> None:
    contract = given.booked(by=by)
    lifecycle.cancel(contract.pk, reason="The flight was cancelled.", by=by, now=NOW)
    assert Contract.objects.with_money().get().balance == 0


def test_a_hold_that_has_not_passed_does_not_expire(by: User) -> None:
    contract = given.booked(by=by)
    assert contract.hold_expires_at is not None
    with pytest.raises(IllegalStep):
        lifecycle.expire(contract, now=contract.hold_expires_at - timedelta(seconds=1))


def expired(by: User) -> Contract:
    contract = given.booked(by=by, start_at=NOW + 20 * DAY, end_at=NOW + 22 * DAY)
    return lifecycle.expire(contract, now=NOW + 7 * DAY)


def test_an_expired_booking_is_reopened_within_five_days(by: User) -> None:
    contract = lifecycle.reopen(expired(by).pk, by=by, now=NOW + 12 * DAY)
    assert (contract.status, contract.hold_expires_at) == (Status.PENDING, NOW + 19 * DAY)
    assert len(open_rows(contract)) == 1


def test_after_five_days_it_is_not(by: User) -> None:
    contract = expired(by)
    with pytest.raises(IllegalStep):
        lifecycle.reopen(contract.pk, by=by, now=NOW + 12 * DAY + timedelta(seconds=1))


def test_it_is_not_reopened_when_somebody_else_has_the_car(by: User) -> None:
    contract = expired(by)
    given.booked(by=by, car=contract.car, start_at=contract.start_at, end_at=contract.end_at)
    with pytest.raises(NotRentable):
        lifecycle.reopen(contract.pk, by=by, now=NOW + 8 * DAY)


def test_cancelling_needs_a_reason_and_frees_the_car(by: User) -> None:
    contract = given.confirmed(by=by)
    with pytest.raises(Invalid):
        lifecycle.cancel(contract.pk, reason="no  ", by=by, now=NOW)
    done = lifecycle.cancel(contract.pk, reason="The flight was cancelled.", by=by, now=NOW)
    assert (done.status, done.ended_at, open_rows(done)) == (Status.CANCELLED, NOW, [])


def test_a_no_show_is_marked_two_hours_after_the_start(by: User) -> None:
    contract = given.confirmed(by=by)
    with pytest.raises(IllegalStep):
        lifecycle.mark_no_show(contract.pk, by=by, now=START + 2 * HOUR - timedelta(seconds=1))
    done = lifecycle.mark_no_show(contract.pk, by=by, now=START + 2 * HOUR)
    assert (done.status, open_rows(done)) == (Status.NO_SHOW, [])


# check out, check in, settle


def test_checking_out_records_what_was_seen(by: User) -> None:
    contract = given.active(by=by)
    handover = contract.assignments.get().handovers.get()
    contract.car.refresh_from_db()
    assert (contract.status, contract.picked_up_at) == (Status.ACTIVE, START)
    assert (handover.kind, handover.odometer_km, handover.fuel_eighths, handover.by) == ("out", 1_000, 8, by)
    assert contract.car.odometer_km == 1_000


def test_check_out_refuses_an_unverified_customer_unless_overridden(by: User) -> None:
    contract = given.confirmed(by=by, customer=CustomerFactory())
    with pytest.raises(NotRentable) as error:
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert refusal_codes(error) == {"unverified"}
    override = Override("unverified", "I have seen the licence.")
    done = lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START, overrides=[override])
    assert done.status == Status.ACTIVE


def test_check_out_looks_at_every_driver_up_to_the_agreed_end(by: User) -> None:
    second = given.driver(licence_expires_on=END.date())
    contract = given.confirmed(by=by, driver_ids=[given.driver().pk, second.pk])
    second.licence_expires_on = (END - DAY).date()
    second.save()
    with pytest.raises(NotRentable) as error:
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert refusal_codes(error) == {"licence_expires"}


def test_a_company_needs_a_driver_at_check_out(by: User) -> None:
    contract = given.confirmed(by=by, customer=CustomerFactory(company=True, verified=True))
    with pytest.raises(NotRentable) as error:
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert refusal_codes(error) == {"licence_missing"}


@pytest.mark.parametrize("early", [timedelta(0), timedelta(hours=2)])
def test_a_car_may_leave_up_to_two_hours_early(by: User, early: timedelta) -> None:
    contract = given.confirmed(by=by)
    done = lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START - early)
    assert open_rows(done)[0].period.lower == START - early


@pytest.mark.parametrize("at", [START - timedelta(hours=2, seconds=1), END])
def test_it_does_not_leave_earlier_nor_after_the_end(by: User, at: Any) -> None:
    contract = given.confirmed(by=by)
    with pytest.raises(IllegalStep):
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=at)


def test_an_odometer_below_the_last_reading_undoes_the_whole_check_in(by: User) -> None:
    contract = given.active(by=by)
    with pytest.raises(DomainError) as error:
        lifecycle.check_in(contract.pk, seen=replace(given.BACK, odometer_km=999), by=by, now=BACK_AT)
    contract.refresh_from_db()
    assert (error.value.code, contract.status) == ("odometer_backwards", Status.ACTIVE)
    assert contract.assignments.get().handovers.count() == 1


def test_a_car_with_a_tank_needs_its_fuel_read(by: User) -> None:
    contract = given.active(by=by)
    with pytest.raises(Invalid) as error:
        lifecycle.check_in(contract.pk, seen=replace(given.BACK, fuel_eighths=None, battery_pct=80), by=by, now=BACK_AT)
    assert error.value.code == "fuel_missing"


def test_an_early_return_frees_the_car_after_the_turnaround(by: User) -> None:
    contract = given.returned(by=by, at=START + DAY)
    row = contract.assignments.get().occupancy
    assert row.period.upper == START + DAY + HOUR
    assert given.booked(by=by, car=contract.car, start_at=START + DAY + HOUR, end_at=END)


def test_a_clean_return_in_time_proposes_nothing(by: User) -> None:
    assert given.returned(by=by).charges.count() == 0


def test_every_charge_is_found_at_check_in(by: User) -> None:
    back = replace(given.BACK, odometer_km=1_900, fuel_eighths=6, clean=False, damages=[given.SCRATCH])
    contract = given.returned(by=by, back=back, at=END + 2 * HOUR)
    found = dict(contract.charges.values_list("kind", "amount"))
    assert found == {
        "late": Decimal("13.33"),  # 2 started hours of 40/6
        "excess_km": Decimal("60.00"),  # 900 − 3 × 200 = 300 km of 0.20
        "fuel": Decimal("35.00"),  # 2/8 of 50 l × 1.60 + 15
        "cleaning": Decimal("40.00"),
        "damage": Decimal("120.00"),
    }


def test_settling_needs_every_charge_decided_the_balance_zero_and_the_deposit_gone(by: User) -> None:
    contract = given.returned(by=by, back=replace(given.BACK, clean=False))
    with pytest.raises(ChargesOpen):
        lifecycle.settle(contract.pk, by=by, now=BACK_AT)
    charges.waive(contract.charges.get().pk, reason="Only a little sand.", by=by, now=BACK_AT)
    with pytest.raises(BalanceOpen):
        lifecycle.settle(contract.pk, by=by, now=BACK_AT)
    given.paid(contract, by=by)
    with pytest.raises(DepositOpen):
        lifecycle.settle(contract.pk, by=by, now=BACK_AT)
    done = lifecycle.settle(contract.pk, by=by, now=BACK_AT, release_deposit=True)
    assert (done.status, done.payments.sums()) == (Status.CLOSED, (Decimal("120.00"), Decimal("0.00")))


# every verb from every state

STATES: dict[Status, Callable[..., Contract]] = {
    Status.PENDING: given.booked,
    Status.CONFIRMED: given.confirmed,
    Status.ACTIVE: given.active,
    Status.RETURNED: given.returned,
    Status.CLOSED: given.closed,
    Status.EXPIRED: lambda by: expired(by),
    Status.CANCELLED: lambda by: lifecycle.cancel(given.booked(by=by).pk, reason="Changed plans.", by=by, now=NOW),
    Status.NO_SHOW: lambda by: lifecycle.mark_no_show(given.confirmed(by=by).pk, by=by, now=START + 3 * HOUR),
}
VERBS: dict[str, Callable[[Contract, User], Contract]] = {
    "confirm": lambda c, by: lifecycle.confirm(c.pk, by=by, now=NOW),
    "expire": lambda c, by: lifecycle.expire(c, now=NOW + 30 * DAY),
    "reopen": lambda c, by: lifecycle.reopen(c.pk, by=by, now=NOW + 8 * DAY),
    "cancel": lambda c, by: lifecycle.cancel(c.pk, reason="Changed plans.", by=by, now=NOW),
    "mark_no_show": lambda c, by: lifecycle.mark_no_show(c.pk, by=by, now=START + 3 * HOUR),
    "check_out": lambda c, by: lifecycle.check_out(c.pk, seen=given.FULL_TANK, by=by, now=START),
    "check_in": lambda c, by: lifecycle.check_in(c.pk, seen=given.BACK, by=by, now=BACK_AT),
    "settle": lambda c, by: lifecycle.settle(c.pk, by=by, now=BACK_AT),
    "extend": lambda c, by: underway.extend(c.pk, end_at=END + DAY, by=by, now=BACK_AT),
}
ILLEGAL = [
    (name, status)
    for name in VERBS
    for status in Status
    if status not in (STEPS[name][0] if name in STEPS else {Status.ACTIVE})
]


@pytest.mark.parametrize(("name", "status"), ILLEGAL)
def test_a_verb_from_a_wrong_state_is_refused_and_changes_nothing(by: User, name: str, status: Status) -> None:
    contract = STATES[status](by=by)
    before = Contract.objects.values().get(pk=contract.pk)
    with pytest.raises(IllegalStep):
        VERBS[name](contract, by)
    assert Contract.objects.values().get(pk=contract.pk) == before


@pytest.mark.parametrize("status", Status)
def test_every_state_satisfies_the_guards_of_the_database(by: User, status: Status) -> None:
    contract = STATES[status](by=by)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert contract.status == status


def test_every_step_leaves_an_event_and_an_audit_entry(by: User) -> None:
    contract = given.closed(by=by)
    steps = ["booked", "money_moved", "confirmed", "active", "returned", "money_moved", "money_moved", "closed"]
    told = Event.objects.filter(subject_id=contract.pk).order_by("id").values_list("type", flat=True)
    assert list(told) == [f"contract.{step}" for step in steps]

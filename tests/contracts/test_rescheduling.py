"""Other days, or another car, for a booking: the gate anew, the days counted anew, the agreed rates as they were."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from cars.models import Occupancy
from contracts import charges, lifecycle, moving
from contracts.availability import Override
from contracts.errors import IllegalStep, NotRentable, OutOfStock
from contracts.models import Contract, PriceLine
from contracts.status import Status
from fleet.db.period import Period
from fleet.errors import DomainError, Invalid, NotAllowed
from notifications.models import Email, Event
from tests.contracts.desk import at, client_in, step, text
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.contracts import END, NOW, START, ExtraFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    return given.manager()


def rescheduled(contract: Contract, by: User, now: datetime = NOW, **wanted: Any) -> Contract:
    return moving.reschedule(contract.pk, by=by, now=now, **wanted)


def bill(contract: Contract) -> list[tuple[str, Decimal]]:
    return list(PriceLine.objects.filter(contract=contract).order_by("id").values_list("description", "amount"))


@pytest.mark.parametrize("state", ["booked", "confirmed"])
@pytest.mark.parametrize(("days", "counted"), [(2, 2), (5, 5)])
def test_other_days_are_counted_at_the_rate_agreed_on(by: User, state: str, days: int, counted: int) -> None:
    contract = getattr(given, state)(by=by)
    contract.car.category.daily_rate = contract.car.daily_rate = Decimal(999)
    contract.car.category.save()
    contract.car.save()

    done = rescheduled(contract, by, start_at=START + 7 * DAY, end_at=START + (7 + days) * DAY)

    assert (done.total, done.status) == (counted * contract.daily_rate, contract.status)
    assert bill(done) == [(f"Rental, {counted} days", counted * contract.daily_rate)]


def test_the_ledger_follows_and_the_old_days_are_free(by: User) -> None:
    contract = given.booked(by=by)
    rescheduled(contract, by, start_at=START + 10 * DAY, end_at=END + 10 * DAY)

    assert not Occupancy.objects.open().overlapping(Period(START, END)).exists()
    row = Occupancy.objects.open().get()
    assert (row.period.lower, row.period.upper) == (START + 10 * DAY, END + 10 * DAY + timedelta(hours=1))


def test_days_that_overlap_its_own_are_not_in_its_own_way(by: User) -> None:
    contract = rescheduled(given.booked(by=by), by, start_at=START + DAY, end_at=END + DAY)

    assert (contract.start_at, contract.end_at) == (START + DAY, END + DAY)


def test_another_car_and_other_days_in_one_go(by: User) -> None:
    contract, other = given.confirmed(by=by), given.rentable_car()
    done = rescheduled(contract, by, car_id=other.pk, end_at=END + DAY)

    assert (done.car, done.end_at, done.total) == (other, END + DAY, 4 * contract.daily_rate)
    assert list(done.assignments.values_list("seq", "closed_at")) == [(1, NOW), (2, None)]
    assert [row.car for row in Occupancy.objects.open().select_related("car")] == [other]


def test_it_can_go_out_afterwards(by: User) -> None:
    contract = rescheduled(given.confirmed(by=by), by, start_at=START + DAY)

    assert lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START + DAY).status == Status.ACTIVE


def test_extras_by_the_day_are_counted_anew_and_others_stay(by: User) -> None:
    seat, sim = ExtraFactory(code="seat", price=5), ExtraFactory(code="sim", charge="per_rental", price=10)
    contract = given.booked(by=by, extras=[("seat", 2), ("sim", 1)])
    seat.price = Decimal(99)
    seat.save()

    done = rescheduled(contract, by, end_at=START + 5 * DAY)

    assert [amount for _, amount in bill(done)] == [5 * contract.daily_rate, Decimal(50), sim.price]
    assert done.total == 5 * contract.daily_rate + 60


def test_what_was_added_by_hand_stays_on_the_bill(by: User) -> None:
    contract = given.booked(by=by)
    charges.add_line(contract.pk, kind="discount", description="Loyal", amount=Decimal(-10), by=by, now=NOW)

    done = rescheduled(contract, by, end_at=END - DAY)

    assert done.total == 2 * contract.daily_rate - 10


def test_a_change_within_the_same_days_changes_no_price(by: User) -> None:
    contract = given.booked(by=by)
    done = rescheduled(contract, by, start_at=START + timedelta(hours=2), end_at=END + timedelta(hours=2))

    assert (done.total, bill(done)) == (contract.total, bill(contract))


def test_an_extra_that_is_gone_in_the_new_days_is_refused(by: User) -> None:
    ExtraFactory(code="seat", stock=1)
    given.booked(by=by, extras=[("seat", 1)], start_at=START + 10 * DAY, end_at=END + 10 * DAY)
    contract = given.booked(by=by, extras=[("seat", 1)])

    with pytest.raises(OutOfStock):
        rescheduled(contract, by, start_at=START + 10 * DAY, end_at=END + 10 * DAY)


def test_a_taken_car_is_refused_and_nothing_has_changed(by: User) -> None:
    contract = given.booked(by=by)
    given.booked(by=by, car=contract.car, start_at=END + 2 * DAY, end_at=END + 4 * DAY)

    with pytest.raises(NotRentable) as refused:
        rescheduled(contract, by, end_at=END + 3 * DAY)

    assert [one["code"] for one in refused.value.data["refusals"]] == ["occupied"]
    assert Contract.objects.get(pk=contract.pk).end_at == END


def test_days_that_begin_in_the_past_are_refused_but_a_start_that_stays_is_not(by: User) -> None:
    contract = given.booked(by=by)

    with pytest.raises(NotRentable) as refused:
        rescheduled(contract, by, start_at=NOW - 2 * DAY)
    assert [one["code"] for one in refused.value.data["refusals"]] == ["in_the_past"]
    assert rescheduled(contract, by, now=START + DAY, end_at=END + DAY).end_at == END + DAY


def test_papers_that_end_before_the_new_end_are_refused(by: User) -> None:
    contract = given.booked(by=by)
    contract.car.insurances.update(valid_until=END.date())

    with pytest.raises(NotRentable) as refused:
        rescheduled(contract, by, end_at=END + 5 * DAY)
    assert {one["code"] for one in refused.value.data["refusals"]} == {"uninsured"}


def test_what_may_be_overridden_is_with_a_reason_and_a_permission(by: User) -> None:
    contract, clerk = given.booked(by=by), client_in("agent")[1]
    why = [Override("too_long", "a film crew for a whole year")]
    contract.car.insurances.update(valid_until=END.date() + 500 * DAY)
    contract.car.registrations.update(valid_until=END.date() + 500 * DAY)
    contract.car.inspections.update(valid_until=END.date() + 500 * DAY)
    contract.customer = None
    contract.save()

    with pytest.raises(NotAllowed):
        rescheduled(contract, clerk, end_at=START + 366 * DAY, overrides=why)
    done = rescheduled(contract, by, end_at=START + 366 * DAY, overrides=why)
    assert [one["code"] for one in done.overrides] == ["too_long"]


@pytest.mark.parametrize("state", ["active", "returned", "closed", "expired"])
def test_only_bookings_are_rescheduled(by: User, state: str) -> None:
    with pytest.raises(IllegalStep):
        rescheduled(getattr(given, state)(by=by), by, end_at=END + 9 * DAY)


def test_an_end_before_the_start_and_nothing_new_are_refused(by: User) -> None:
    contract = given.booked(by=by)
    for wanted in ({"end_at": START}, {"start_at": END}, {}, {"start_at": START, "car_id": contract.car_id}):
        with pytest.raises(Invalid):
            rescheduled(contract, by, **wanted)
    with pytest.raises(DomainError, match="There is no car"):
        rescheduled(contract, by, car_id=contract.pk)


def test_a_hold_never_outlasts_the_new_start(by: User) -> None:
    contract = given.booked(by=by, start_at=START + 20 * DAY, end_at=END + 20 * DAY)
    done = rescheduled(contract, by, start_at=NOW + 2 * DAY, end_at=NOW + 4 * DAY)

    assert done.hold_expires_at == NOW + 2 * DAY


def test_it_is_told_and_the_customer_of_a_confirmed_booking_is_written(by: User) -> None:
    contract = given.confirmed(by=by, customer=given.driver(email="a@b.example"))
    rescheduled(contract, by, start_at=START + DAY)

    event = Event.objects.get(type="contract.rescheduled")
    assert event.payload["start_at"] == (START + DAY).isoformat()
    assert event.payload["former"]["start_at"] == START.isoformat()
    assert list(Email.objects.order_by("created_at").values_list("template", flat=True)) == [
        "booking_confirmed",
        "booking_changed",
    ]


def test_the_api_reschedules_and_says_why_not(by: User) -> None:
    contract = given.booked(by=by)
    client = client_as("agent")
    address = f"/api/v1/contracts/{contract.pk}/reschedule/"
    tag = client.get(f"/api/v1/contracts/{contract.pk}/")["ETag"]

    done = client.post(address, {"end_at": (END + DAY).isoformat()}, format="json", headers={"If-Match": tag})
    again = client.post(address, {"end_at": (END + DAY).isoformat()}, format="json", headers={"If-Match": done["ETag"]})

    assert (done.status_code, done.json()["total"]) == (200, str(4 * contract.daily_rate))
    assert (again.status_code, again.json()["code"]) == (422, "nothing_changes")


def test_the_button_moves_a_booking_and_shows_every_refusal(by: User) -> None:
    contract, (client, _) = given.booked(by=by), client_in("agent")
    given.booked(by=by, car=contract.car, start_at=END + 2 * DAY, end_at=END + 4 * DAY)
    start, car = at("start_at", contract.start_at), {"car_id": str(contract.car_id)}

    refused = client.post(step(contract, "reschedule"), {**start, **at("end_at", END + 3 * DAY), **car})
    done = client.post(step(contract, "reschedule"), {**start, **at("end_at", END + DAY), **car})

    assert "is taken (rental)" in text(refused)
    assert (done.status_code, Contract.objects.get(pk=contract.pk).end_at) == (302, END + DAY)


def test_the_timelines_wish_fills_the_form_in(by: User) -> None:
    contract, other = given.booked(by=by), given.rentable_car()
    shown = client_in("agent")[0].get(
        step(contract, "reschedule"), {"start": "2026-12-04T16:00", "end": "2026-12-06T16:00", "car": str(other.pk)}
    )

    assert all(words in text(shown) for words in ("04.12.2026", "06.12.2026", other.license_plate))

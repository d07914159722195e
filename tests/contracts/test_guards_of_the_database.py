"""What must never happen does not happen either through the ORM, a shell or psql (domain.md §4)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from cars.models import Occupancy
from contracts.models import Contract, PriceLine
from fleet.db.constraints import constraint_name
from fleet.db.period import Period
from fleet.errors import Stale
from tests.factories import contracts as given
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return given.manager()


def refused(sql: str, *values: Any) -> str:
    """Return the constraint that refuses the statement, at the latest at commit."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        _execute_and_commit(cursor, sql, values)
    return constraint_name(error.value)


def _execute_and_commit(cursor: Any, sql: str, values: Any) -> None:
    cursor.execute(sql, values)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would ask


def settle_deferred() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


INSERT = """
INSERT INTO cars_occupancy (id, created_at, updated_at, version, car_id, period, kind, note)
VALUES (gen_random_uuid(), now(), now(), 1, %s, tstzrange(%s, %s), 'block', '')
"""


def test_an_insert_by_psql_cannot_overlap(by: User) -> None:
    contract = given.booked(by=by)
    assert refused(INSERT, contract.car_id, START + timedelta(hours=5), END) == "occupancy_no_overlap"


def test_an_update_by_psql_cannot_overlap(by: User) -> None:
    contract = given.booked(by=by)
    Occupancy.objects.create(
        car=contract.car, period=Period(END + timedelta(days=1), END + timedelta(days=2)).as_range(), kind="block"
    )
    sql = "UPDATE cars_occupancy SET period = tstzrange(%s, upper(period)) WHERE kind = 'block'"
    assert refused(sql, END) == "occupancy_no_overlap"


BLOCK = """
INSERT INTO cars_occupancy (id, created_at, updated_at, version, car_id, period, kind, note)
VALUES (gen_random_uuid(), now(), now(), 1, %s, %s::tstzrange, 'block', '')
"""


@pytest.mark.parametrize(
    "period",
    ["empty", "[2026-01-01,)", "(,2026-01-01)", "(2026-01-01,2026-01-02)", "[2026-01-01,2026-01-02]"],
)
def test_a_period_is_bounded_and_half_open(period: str) -> None:
    assert refused(BLOCK, given.rentable_car().pk, period) == "occupancy_period_bounded"


@pytest.mark.parametrize("status", ["active", "returned", "closed", "no_show", "expired"])
def test_a_status_cannot_skip_a_step(by: User, status: str) -> None:
    contract = given.booked(by=by)
    sql = "UPDATE contracts_contract SET status = %s, hold_expires_at = NULL WHERE id = %s"
    expected = {"expired": "contract_has_one_car"}.get(status, "contract_status_step")
    settle_deferred()
    assert refused(sql, status, contract.pk) == expected


def test_the_orm_cannot_skip_a_step_either(by: User) -> None:
    contract = given.booked(by=by)
    contract.status, contract.hold_expires_at = "closed", None
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        contract.save()
    assert constraint_name(error.value) == "contract_status_step"


def test_a_contract_starts_pending(by: User) -> None:
    contract = given.booked(by=by)
    clone = Contract.objects.get(pk=contract.pk)
    clone.pk, clone._state.adding, clone.reference, clone.status = None, True, "R-X", "cancelled"
    clone.hold_expires_at, clone.cancel_reason = None, "because of that"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Contract.objects.bulk_create([clone])
    assert constraint_name(error.value) == "contract_starts_pending"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE contracts_contract SET total = total + 1", "contract_total_is_sum"),
        ("UPDATE contracts_priceline SET amount = amount + 1", "contract_total_is_sum"),
        ("DELETE FROM contracts_priceline", "contract_total_is_sum"),
        ("UPDATE contracts_assignment SET closed_at = now()", "contract_has_one_car"),
        ("UPDATE contracts_contract SET status = 'active', picked_up_at = now()", "contract_handed_over"),
        ("UPDATE contracts_contract SET hold_expires_at = now()", "contract_only_pending_is_held"),
        ("UPDATE contracts_contract SET customer_id = NULL", "contract_confirmed_has_customer"),
        ("UPDATE contracts_contract SET end_at = start_at", "contract_ends_after_it_starts"),
    ],
)
def test_a_confirmed_contract_is_whole_or_refused(by: User, sql: str, constraint: str) -> None:
    given.confirmed(by=by)
    settle_deferred()
    assert refused(sql) == constraint


def test_a_contract_is_not_closed_unpaid(by: User) -> None:
    given.returned(by=by)
    settle_deferred()
    assert refused("UPDATE contracts_contract SET status = 'closed'") == "contract_closed_is_settled"


def test_a_line_added_by_hand_must_be_in_the_total(by: User) -> None:
    contract = given.booked(by=by)
    settle_deferred()
    PriceLine.objects.create(
        contract=contract, kind="other", description="x", quantity=1, unit_price=1, amount=1, explained="x"
    )
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        settle_deferred()
    assert constraint_name(error.value) == "contract_total_is_sum"
    contract.lines.filter(kind="other").delete()


def test_rows_with_history_cannot_be_deleted(by: User) -> None:
    contract = given.active(by=by)
    for row in (contract.car, contract.customer, by, contract.pickup_branch, contract.category):
        assert row is not None
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_row_that_somebody_else_saved_is_not_overwritten(by: User) -> None:
    contract = given.booked(by=by)
    mine, theirs = Contract.objects.get(pk=contract.pk), Contract.objects.get(pk=contract.pk)
    theirs.notes = "theirs"
    theirs.save()
    mine.notes = "mine"
    with pytest.raises(Stale), transaction.atomic():
        mine.save()
    assert Contract.objects.get().notes == "theirs"


def test_the_created_by_is_whoever_acts(by: User) -> None:
    contract = given.booked(by=by)
    assert contract.created_by == by
    assert contract.assignments.get().created_by == by
    assert contract.lines.get().created_by == by


def test_money_is_exact(by: User) -> None:
    contract = given.booked(by=by, car=given.rentable_car(daily_rate=Decimal("33.33")))
    assert Contract.objects.get(pk=contract.pk).total == Decimal("99.99")
    assert contract.start_at > NOW

"""Money that changes hands."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from contracts import payments
from contracts.errors import IllegalStep, PaymentRefused
from contracts.models import Contract, Payment
from fleet.db.constraints import constraint_name
from fleet.errors import Invalid, NotAllowed
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.contracts import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return given.manager()


@pytest.fixture
def contract(by: User) -> Contract:
    return given.booked(by=by)


def move(contract: Contract, by: User, kind: str, amount: str, **fields: Any) -> Payment:
    return payments.record(
        contract.pk, **{"kind": kind, "method": "card", "amount": Decimal(amount), "by": by, "now": NOW, **fields}
    )


def test_balance_and_deposit_are_sums(by: User, contract: Contract) -> None:
    move(contract, by, "payment", "100.00")
    move(contract, by, "refund", "30.00")
    move(contract, by, "deposit_hold", "200.00")
    move(contract, by, "deposit_release", "50.00")
    move(contract, by, "deposit_capture", "20.00")
    found = Contract.objects.with_money().get()
    assert contract.payments.sums() == (Decimal("90.00"), Decimal("130.00"))
    assert (found.paid, found.held, found.balance) == (Decimal("90.00"), Decimal("130.00"), Decimal("30.00"))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("refund", "refund_above_paid"),
        ("deposit_release", "deposit_above_held"),
        ("deposit_capture", "deposit_above_held"),
    ],
)
def test_nothing_leaves_that_did_not_come_in(by: User, contract: Contract, kind: str, code: str) -> None:
    move(contract, by, "payment", "10.00")
    move(contract, by, "deposit_hold", "10.00")
    with pytest.raises(PaymentRefused) as error:
        move(contract, by, kind, "10.01")
    assert error.value.code == code
    assert Payment.objects.count() == 2


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1.005", "10000000000", "NaN", "Infinity"])
def test_an_amount_is_positive_money(by: User, contract: Contract, amount: str) -> None:
    with pytest.raises(Invalid):
        move(contract, by, "payment", amount)


def test_the_same_external_id_returns_the_first_payment(by: User, contract: Contract) -> None:
    first = move(contract, by, "payment", "10.00", external_id="pos-1")
    assert move(contract, by, "payment", "10.00", external_id="pos-1") == first
    with pytest.raises(PaymentRefused):
        move(contract, by, "payment", "11.00", external_id="pos-1")
    with pytest.raises(PaymentRefused):
        move(given.booked(by=by), by, "payment", "10.00", external_id="pos-1")


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        ("agent", "payment", True),
        ("agent", "deposit_hold", True),
        ("agent", "refund", False),
        ("agent", "deposit_capture", False),
        ("accountant", "refund", True),
        ("accountant", "deposit_capture", True),
        ("mechanic", "payment", False),
        ("viewer", "payment", False),
        ("auditor", "payment", False),
        ("integrator", "payment", False),
    ],
)
def test_roles_say_who_moves_money(by: User, contract: Contract, role: str, kind: str, allowed: bool) -> None:
    move(contract, by, "payment", "50.00")
    move(contract, by, "deposit_hold", "50.00")
    if allowed:
        assert move(contract, UserFactory(role=role), kind, "5.00")
        return
    with pytest.raises(NotAllowed):
        move(contract, UserFactory(role=role), kind, "5.00")


def test_no_money_moves_on_a_closed_contract(by: User) -> None:
    contract = given.closed(by=by)
    with pytest.raises(IllegalStep):
        move(contract, by, "payment", "1.00")
    with pytest.raises(PaymentRefused):
        move(contract, by, "refund", "1.00")


REFUSED = [
    ("UPDATE contracts_payment SET amount = 1", "payment_immutable"),
    ("DELETE FROM contracts_payment", "payment_immutable"),
]


@pytest.mark.parametrize(("sql", "constraint"), REFUSED)
def test_the_database_keeps_payments_as_they_are(by: User, contract: Contract, sql: str, constraint: str) -> None:
    move(contract, by, "payment", "10.00")
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert constraint_name(error.value) == constraint


@pytest.mark.parametrize(
    ("kind", "constraint"),
    [("refund", "payment_refund_within_paid"), ("deposit_capture", "payment_deposit_within_held")],
)
def test_the_shell_cannot_refund_or_capture_too_much_either(contract: Contract, kind: str, constraint: str) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Payment.objects.create(contract=contract, kind=kind, method="cash", amount=Decimal(1), at=NOW)
    assert constraint_name(error.value) == constraint

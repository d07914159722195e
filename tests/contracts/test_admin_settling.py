"""The last page of a contract: what is owed is paid there, from the deposit by those who may keep of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from contracts.models import Contract
from tests.contracts.desk import client_in, step, text
from tests.factories.contracts import BACK_AT, manager, returned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(BACK_AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def contract() -> Contract:
    """Return a rental for 120.00 that is back and not paid, with 200.00 held."""
    return returned(by=manager())


def test_a_manager_takes_what_is_owed_from_the_deposit(contract: Contract) -> None:
    client, _user = client_in("manager")

    assert "Take 120.00 EUR from the deposit" in text(client.get(step(contract, "settle")))
    client.post(step(contract, "settle"), {"covered_by": "deposit", "release_deposit": "on"})

    kinds = dict(contract.payments.order_by("id").values_list("kind", "amount"))
    assert Contract.objects.get(pk=contract.pk).status == "closed"
    assert (kinds["deposit_capture"], kinds["deposit_release"]) == (Decimal(120), Decimal(80))


def test_an_agent_takes_the_money_and_is_told_who_may_keep_of_the_deposit(contract: Contract) -> None:
    client, _user = client_in("agent")

    shown = text(client.get(step(contract, "settle")))
    client.post(step(contract, "settle"), {"covered_by": "cash", "release_deposit": "on"})

    assert "There is still 120.00 EUR to pay. A manager or an accountant can take it" in shown
    assert "from the deposit</" not in shown
    assert Contract.objects.get(pk=contract.pk).status == "closed"


def test_what_may_not_be_chosen_pays_nothing(contract: Contract) -> None:
    client_in("agent")[0].post(step(contract, "settle"), {"covered_by": "deposit", "release_deposit": "on"})

    assert Contract.objects.get(pk=contract.pk).status == "returned"
    assert contract.payments.sums() == (Decimal(0), Decimal(200))


def test_what_is_refused_takes_no_money(contract: Contract) -> None:
    client_in("agent")[0].post(step(contract, "settle"), {"covered_by": "cash"})  # the deposit is still held

    assert Contract.objects.get(pk=contract.pk).status == "returned"
    assert contract.payments.sums()[0] == 0

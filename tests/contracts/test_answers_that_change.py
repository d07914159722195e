"""Whatever changes an answer changes one of the names that it depends on, and a booking changes none of the others'.

The lives of test_random_lives.py, looked at after every step through the statements that the read lane keeps.
"""

import os
from collections import Counter
from typing import Any, Final

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from accounts import access
from cars.api.views.car import CarViewSet
from cars.models import Car
from contracts.api.views import ContractViewSet
from contracts.models import Contract
from customers.api.views import CustomerViewSet
from customers.models import Customer
from fleet.api import reading
from fleet.api.views import FleetViewSet
from fleet.asked import Asker
from fleet.db import regions, unit
from fleet.db.metered.base import DatabaseWrapper
from tests.contracts.test_random_lives import Rentals
from tests.factories import contracts as given

DETAILS: Final[dict[type[Any], type[FleetViewSet[Any]]]] = {
    Car: CarViewSet,
    Contract: ContractViewSet,
    Customer: CustomerViewSet,
}
looked: Counter[str] = Counter()


def question(view: type[FleetViewSet[Any]], user: Any, pk: Any = None) -> reading.Question:
    """Return what the view asks for one row or for its first page, as the event loop knows it."""
    action = "list" if pk is None else "retrieve"
    asking = view(action=action, request=Asker(user, None), kwargs={"pk": str(pk)} if pk else {})
    shape = view.shapes[action]
    _ = reading.page(asking, shape) if pk is None else reading.one(asking, shape, pk)
    found = reading.known_page(asking, shape) if pk is None else reading.known_one(asking, shape, pk)
    assert found
    return found


def names_of(asked: reading.Question) -> frozenset[str]:
    return regions.read(asked.ready.statement.numbered, asked.ready.params(asked.values))


def changed() -> set[str]:
    """Return the names that would have changed with a commit since this was asked last."""
    wrapper = connection._connections[connection._alias]  # type: ignore[attr-defined]
    assert isinstance(wrapper, DatabaseWrapper)
    found, wrapper._written = wrapper._written, set()
    return found


class Watched(Rentals):
    def __init__(self) -> None:
        super().__init__()
        access.remember(self.by, self.by.get_all_permissions(), ["manager"])
        self.seen: dict[Any, Any] = {}
        changed()

    @invariant()
    def whatever_changes_an_answer_changes_a_name_of_it(self) -> None:
        names = changed()
        for key, asked in self.questions():
            rows = asked.ready(**asked.values)
            if key in self.seen:
                looked["changed"] += self.seen[key] != rows
                looked["let be"] += not names & names_of(asked)
                assert self.seen[key] == rows or names & names_of(asked), (key, names)
            self.seen[key] = rows

    def questions(self) -> Any:
        for model, view in DETAILS.items():
            yield model, question(view, self.by)
            for pk in model.objects.values_list("pk", flat=True):
                yield pk, question(view, self.by, pk)


@pytest.mark.django_db
def test_whatever_changes_an_answer_changes_one_of_its_names() -> None:
    run_state_machine_as_test(
        Watched,
        settings=settings(
            max_examples=int(os.environ.get("FLEET_EXAMPLES", "12")),
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert looked["changed"] > 20
    assert looked["let be"] > 20


@pytest.mark.django_db
def test_a_booking_changes_nothing_that_others_depend_on() -> None:
    by = given.manager()
    access.remember(by, by.get_all_permissions(), ["manager"])
    other, customer, car = given.booked(by=by), given.driver(), given.rentable_car()
    asked = [question(ContractViewSet, by, other.pk), question(CarViewSet, by, other.car_id)]
    asked += [question(CustomerViewSet, by, other.customer_id), question(CarViewSet, by)]
    pages = question(ContractViewSet, by)
    changed()
    given.booked(by=by, customer=customer, car=car)
    names = {name for name in changed() if not name.startswith("#")}  # a portion may be shared
    assert [names & names_of(one) for one in asked] == [set()] * 4
    assert names & names_of(pages)


@pytest.mark.django_db
def test_what_becomes_of_a_row_reaches_those_that_show_it() -> None:
    by = given.manager()
    access.remember(by, by.get_all_permissions(), ["manager"])
    contract, other = given.booked(by=by), given.booked(by=by)
    shown, beside = (question(ContractViewSet, by, one.pk) for one in (contract, other))
    changed()
    with transaction.atomic(), unit.gathered():
        contract.car.color = "red"
        unit.update(contract.car, "color")
    assert changed() & names_of(shown) == {"cars_car~"}
    with transaction.atomic(), unit.gathered():
        contract.notes = "He comes later."
        unit.update(contract, "notes")
    names = changed()
    assert names & names_of(shown)
    assert not names & names_of(beside)
    with transaction.atomic():
        with unit.gathered():
            contract.car = other.car  # what it pointed at before is not known
            unit.update(contract, "car")
        assert "contracts_contract!" in changed() & names_of(beside)
        transaction.set_rollback(True)  # the ledger says otherwise

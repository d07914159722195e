"""What comes due, over the fleet: the list of the API and the page of the admin."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.cars.world import NOW
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import CarFactory, InsuranceFactory, RegistrationFactory, ServicePlanFactory

pytestmark = pytest.mark.django_db
DUE = "/api/v1/due/"
TODAY = NOW.date()


def in_days(number: int) -> date:
    return TODAY + timedelta(days=number)


def ask(role: str = "manager", **query: Any) -> Any:
    answer = client_as(role).get(DUE, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_the_most_urgent_comes_first_and_states_are_counted() -> None:
    for days in (5, -2, 0, 40):
        InsuranceFactory(valid_until=in_days(days))

    body = ask()

    assert [row["days_left"] for row in body["data"]] == [-2, 0, 5]
    assert [row["state"] for row in body["data"]] == ["overdue", "today", "coming"]
    assert (body["overdue"], body["today"], body["coming"]) == (1, 1, 1)


def test_the_list_may_be_narrowed() -> None:
    one = InsuranceFactory(valid_until=in_days(5))
    other = RegistrationFactory(valid_until=in_days(-5))

    def ids(**query: Any) -> list[str]:
        return [row["object_id"] for row in ask(**query)["data"]]

    assert ids(subject="insurance,service") == ids(car=str(one.car_id)) == ids(state="coming") == [str(one.pk)]
    assert ids(branch=str(other.car.branch_id)) == ids(within=4) == [str(other.pk)]


def test_every_page_goes_on_where_the_one_before_ended() -> None:
    papers = InsuranceFactory.create_batch(7, valid_until=in_days(5))
    seen, cursor = [], ""
    while cursor is not None:
        body = ask(limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [row["object_id"] for row in body["data"]]
        cursor = body["next_cursor"]

    assert sorted(seen) == sorted(str(paper.pk) for paper in papers)


@pytest.mark.parametrize("query", [{"subject": "luck"}, {"within": 367}, {"cursor": "é"}, {"limit": 0}, {"car": "x"}])
def test_nonsense_is_refused(query: dict[str, Any]) -> None:
    assert client_as("manager").get(DUE, query).status_code == 400


def test_a_mechanic_sees_cars_and_no_customers(by: User) -> None:
    contract = given.booked(by=by, customer=given.driver(licence_expires_on=in_days(20)))
    InsuranceFactory(valid_until=in_days(5))

    assert {row["subject"] for row in ask("mechanic")["data"]} == {"insurance"}
    assert {row["contract"] for row in ask("agent")["data"]} == {None, str(contract.pk)}


def test_a_viewer_reads_no_names(by: User) -> None:
    who = given.driver(licence_expires_on=in_days(20))
    given.booked(by=by, customer=who)

    assert who.name not in client_as("viewer").get(DUE).content.decode()
    assert who.name in client_as("agent").get(DUE).content.decode()


def test_who_books_from_outside_is_not_let_in() -> None:
    assert client_as("integrator").get(DUE).status_code == 403


@pytest.mark.parametrize("cars", [1, 5])
def test_the_list_costs_the_same_for_every_fleet(cars: int) -> None:
    for paper in InsuranceFactory.create_batch(cars, valid_until=in_days(5)):
        ServicePlanFactory(car=paper.car, every_km=None, every_months=1)
    client = client_as("manager")

    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(DUE).json()["data"]) == 2 * cars

    assert len(queries) == 10


@pytest.fixture
def admin(client: Any) -> Any:
    client.force_login(UserFactory(role="manager"))
    return client


def page(admin: Any, **query: Any) -> str:
    answer = admin.get(reverse("admin:due"), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_offers_to_renew_in_three_clicks(admin: Any) -> None:
    paper = InsuranceFactory(valid_until=in_days(5))

    shown = page(admin)

    assert reverse("admin:cars_insurance_renew", args=[paper.pk]) in shown
    assert paper.car.license_plate in shown


def test_the_page_hands_out_and_takes_back_what_is_due_today_or_late(admin: Any, by: User) -> None:
    today, later = (
        given.confirmed(by=by, start_at=start, end_at=start + timedelta(days=2))
        for start in (NOW, NOW + timedelta(days=3))
    )

    shown = page(admin, tab="bookings")

    assert reverse("admin:contracts_contract_check_out", args=[today.pk]) in shown
    assert reverse("admin:contracts_contract_check_out", args=[later.pk]) not in shown
    assert reverse("admin:contracts_contract_change", args=[later.pk]) in shown


def test_tabs_divide_the_page(admin: Any, by: User) -> None:
    contract = given.booked(by=by)
    paper = InsuranceFactory(valid_until=in_days(5))

    assert paper.car.license_plate in page(admin, tab="papers")
    assert paper.car.license_plate not in page(admin, tab="bookings")
    assert contract.reference in page(admin, tab="bookings")


def test_contracts_at_risk_have_their_own_tab(admin: Any, by: User) -> None:
    contract = given.booked(by=by)
    contract.car.insurances.all().delete()

    shown = page(admin, tab="risk")

    assert (contract.reference in shown, "not insured to the end" in shown) == (True, True)


@pytest.mark.parametrize("query", [{"within": "x"}, {"branch": "x"}, {"tab": "x"}, {"p": "x"}, {"p": "99"}])
def test_nonsense_in_the_address_is_forgiven(admin: Any, query: dict[str, str]) -> None:
    InsuranceFactory(valid_until=in_days(5))

    assert "Due" in page(admin, **query)


def test_a_viewer_is_offered_no_button(client: Any) -> None:
    client.force_login(UserFactory(role="viewer"))
    paper = InsuranceFactory(valid_until=in_days(5))

    assert reverse("admin:cars_insurance_renew", args=[paper.pk]) not in page(client)


@pytest.mark.parametrize("cars", [1, 6])
def test_the_page_costs_the_same_for_every_fleet(cars: int, admin: Any) -> None:
    for car in CarFactory.create_batch(cars):
        InsuranceFactory(car=car, valid_until=in_days(5))
    page(admin)

    with CaptureQueriesContext(connection) as queries:
        page(admin)

    assert len(queries) <= 16

"""Papers that nobody has looked at yet are looked at where the car goes out, by those who may."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from contracts.models import Contract
from customers.models import Customer
from tests.contracts.desk import client_in, looked, step, text
from tests.factories.cars import IssueReportFactory
from tests.factories.contracts import NOW, OUT_AT, confirmed, driver, manager
from tests.factories.customers import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def agent() -> Client:
    return client_in("agent")[0]


def waiting(clock: Any, customer: Customer, **fields: Any) -> Contract:
    contract = confirmed(by=manager(), customer=customer, **fields)
    clock.move_to(OUT_AT)
    return contract


def papers(one: Customer, *, seen: bool = True, **changed: str) -> dict[str, str]:
    """Return the papers as the page sends them."""
    known = {
        "licence_number": one.licence_number,
        "licence_country": str(one.licence_country),
        **{name: _day(getattr(one, name)) for name in ("licence_issued_on", "licence_expires_on", "birth_date")},
        **({"seen": "on"} if seen else {}),
    }
    return {f"papers-{one.pk}-{name}": value for name, value in (known | changed).items()}


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def test_the_check_out_shows_the_papers_to_compare_with(agent: Client, clock: Any) -> None:
    one = CustomerFactory(passport_number="P1234567", personal_id="1705990170001")

    shown = text(agent.get(step(waiting(clock, one), "check_out")))

    assert all(words in shown for words in (one.licence_number, "01.01.2035", "P1234567", "1705990170001"))
    assert f'name="papers-{one.pk}-seen"' in shown


def test_a_tick_is_enough_for_the_car_to_go_out(agent: Client, clock: Any) -> None:
    one = CustomerFactory()
    contract = waiting(clock, one)

    agent.post(step(contract, "check_out"), looked("out", 1_000) | papers(one))

    one.refresh_from_db()
    assert (Contract.objects.get(pk=contract.pk).status, one.verified_at) == ("active", OUT_AT)


def test_without_the_tick_the_page_says_where_it_is(agent: Client, clock: Any) -> None:
    one = CustomerFactory()
    shown = text(agent.post(step(waiting(clock, one), "check_out"), looked("out", 1_000) | papers(one, seen=False)))

    assert "Look at the papers below and tick" in shown
    assert f"/admin/customers/customer/{one.pk}/change/" in shown


def test_a_licence_that_was_renewed_is_written_down_on_the_way(agent: Client, clock: Any) -> None:
    one = driver()
    contract = waiting(clock, one)
    Customer.objects.filter(pk=one.pk).update(licence_expires_on=OUT_AT.date())

    agent.post(step(contract, "check_out"), looked("out", 1_000) | papers(one, licence_expires_on="01.06.2036"))

    one.refresh_from_db()
    assert (one.licence_expires_on, one.verified_at) == (date(2036, 6, 1), OUT_AT)
    assert Contract.objects.get(pk=contract.pk).status == "active"


def test_what_stops_the_car_leaves_the_papers_unseen(agent: Client, clock: Any) -> None:
    one = CustomerFactory()
    contract = waiting(clock, one)
    IssueReportFactory(car=contract.car, severity="critical")

    agent.post(step(contract, "check_out"), looked("out", 1_000) | papers(one, licence_number="X1"))

    one.refresh_from_db()
    assert (one.verified_at, one.licence_number == "X1") == (None, False)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"seen": False, "licence_number": "Y77"}, "Tick this when you have seen what you write."),
        ({"licence_expires_on": ""}, "Without this nobody has shown the papers."),
        ({"licence_expires_on": "soon"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_with_the_papers_is_said_there(
    agent: Client, clock: Any, how: dict[str, Any], sentence: str
) -> None:
    one = CustomerFactory()
    contract = waiting(clock, one)

    assert sentence in text(agent.post(step(contract, "check_out"), looked("out", 1_000) | papers(one, **how)))
    assert Contract.objects.get(pk=contract.pk).status == "confirmed"


def test_a_company_shows_what_a_company_has(agent: Client, clock: Any) -> None:
    firm = CustomerFactory(company=True)
    contract = waiting(clock, firm, driver_ids=[driver().pk])
    prefix = f"papers-{firm.pk}-"
    sent = {f"{prefix}company_name": "Drina d.o.o.", f"{prefix}vat_number": "4200123450008", f"{prefix}seen": "on"}

    agent.post(step(contract, "check_out"), looked("out", 1_000) | sent)

    assert Contract.objects.get(pk=contract.pk).status == "active"


def test_verifying_shows_the_papers_and_writes_what_was_missing(agent: Client) -> None:
    one = CustomerFactory(birth_date=None)
    address = f"/admin/customers/customer/{one.pk}/verify/"

    assert one.licence_number in text(agent.get(address))
    agent.post(address, papers(one, seen=False, birth_date="17.05.1990"))

    one.refresh_from_db()
    assert (one.birth_date, one.verified_at) == (date(1990, 5, 17), NOW)

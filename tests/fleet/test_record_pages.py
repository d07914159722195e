"""The pages of cars, customers and contracts: a strip that says what matters, tabs that are pages, a bounded cost."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from cars.models import Car
from contracts import charges
from contracts.handover import NewDamage, Seen
from contracts.models import Contract
from tests.contracts.desk import client_in, text
from tests.factories import cars as fleet
from tests.factories.contracts import BACK_AT, NOW, active, booked, manager, returned
from tests.factories.customers import FlagFactory

pytestmark = pytest.mark.django_db
MOST_QUERIES: Final = 20
MOST_BYTES: Final = 20_000  # compressed
TABS: Final = (
    *(
        f"cars_car_{tab}"
        for tab in ("standing", "change", "papers", "service", "issues", "timeline", "costs", "history")
    ),
    *(f"customers_customer_{tab}" for tab in ("change", "rentals", "history")),
    *(f"contracts_contract_{tab}" for tab in ("change", "handovers", "history")),
)
LISTS: Final = ("index", "cars_car_changelist", "contracts_contract_changelist", "customers_customer_changelist")


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 90 * 24 * 3600
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by() -> User:
    return manager()


@pytest.fixture
def boss() -> Client:
    return client_in("manager")[0]


@pytest.fixture
def lived(by: User) -> Contract:
    return lives(by, times=1)


def lives(by: User, *, times: int, first: Contract | None = None) -> Contract:
    """Return a contract whose car and customer have so much of everything."""
    scratch = NewDamage("roof", "scratch", estimate=Decimal(50))
    contract = first or returned(by=by, back=Seen(1_300, 6, clean=False, damages=(scratch,)))
    owned: Any = {"car": contract.car}
    for _ in range(times):
        for factory in (fleet.InsuranceFactory, fleet.RegistrationFactory, fleet.InspectionFactory):
            factory(**owned, cost="100.00")
        for factory in (fleet.ServiceRecordFactory, fleet.IssueReportFactory, fleet.DamageFactory):
            factory(**owned)
        FlagFactory(customer=contract.customer)
        charges.add_line(contract.pk, kind="fine", description="Fine", amount=Decimal(1), by=by, now=BACK_AT)
    for _ in range(times):
        start = BACK_AT + timedelta(days=10 + 2 * Contract.objects.count())
        booked(by=by, car=contract.car, customer=contract.customer, start_at=start, end_at=start + timedelta(days=1))
    return Contract.objects.get(pk=contract.pk)


def address(name: str, contract: Contract) -> str:
    if name == "index" or name.endswith("changelist"):
        return reverse(f"admin:{name}")
    row: Any = {"cars": contract.car_id, "customers": contract.customer_id, "contracts": contract.pk}
    return reverse(f"admin:{name}", args=[row[name.split("_")[0]]])


def asked(client: Client, where: str) -> tuple[int, int]:
    """Return the number of statements and the weight on the wire."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(where)
    assert answer.status_code == 200
    return len(queries), len(gzip.compress(answer.content))


def test_a_tab_costs_the_same_with_little_and_with_much_behind_it(by: User, boss: Client) -> None:
    contract = lives(by, times=1)
    places = {name: address(name, contract) for name in TABS}
    for where in places.values():
        boss.get(where)
    little = {name: asked(boss, where)[0] for name, where in places.items()}
    lives(by, times=12, first=contract)
    much = {name: asked(boss, where) for name, where in places.items()}

    assert {name: one for name, one in much.items() if one[0] > MOST_QUERIES or one[1] > MOST_BYTES} == {}
    assert {name: queries for name, (queries, _) in much.items()} == little


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_todays_page_are_light(name: str, by: User, boss: Client) -> None:
    for _ in range(26):
        active(by=by)

    queries, weight = asked(boss, address(name, Contract.objects.all()[0]))

    assert (queries <= MOST_QUERIES, weight <= MOST_BYTES) == (True, True), (queries, weight)


def test_tabs_are_links_to_each_other_and_the_one_shown_is_marked(lived: Contract, boss: Client) -> None:
    for name in TABS:
        shown, prefix = text(boss.get(address(name, lived))), "_".join(name.split("_")[:2])

        assert all(f'href="{address(other, lived)}"' in shown for other in TABS if other.startswith(prefix)), name
        assert f'href="{address(name, lived)}" aria-current="page"' in shown, name


def test_a_strip_says_where_the_car_is_what_comes_next_and_what_ends(by: User, boss: Client) -> None:
    contract = active(by=by, car=fleet.CarFactory(rentable=True))
    fleet.IssueReportFactory(car=contract.car, severity="critical")

    shown = text(boss.get(address("cars_car_papers", contract)))

    assert all(word in shown for word in ("until 2", "Insured until", "Registered until", "restricted"))


def test_a_renewal_that_follows_without_a_gap_counts_as_cover(boss: Client) -> None:
    car = fleet.InsuranceFactory(valid_until=NOW.date() + timedelta(days=3)).car
    follows = fleet.InsuranceFactory(
        car=car, valid_from=NOW.date() + timedelta(days=4), valid_until=NOW.date() + timedelta(days=400)
    )

    shown = text(boss.get(reverse("admin:cars_car_change", args=[car.pk])))

    assert f"<dd>{follows.valid_until:%d.%m.%Y}</dd>" in shown


def test_a_customers_strip_says_what_is_owed_and_who_may_not_see_money_reads_none(lived: Contract) -> None:
    manager_sees = text(client_in("manager")[0].get(address("customers_customer_change", lived)))
    viewer_sees = text(client_in("viewer")[0].get(address("customers_customer_rentals", lived)))

    assert ("Owes" in manager_sees, "Owes" in viewer_sees, " open</span>" in viewer_sees) == (True, False, False)


def test_the_hand_overs_show_what_was_read_and_found(lived: Contract, boss: Client) -> None:
    shown = text(boss.get(address("contracts_contract_handovers", lived)))

    assert all(words in shown for words in ("1000 km", "1300 km", "not clean", "Scratch, roof", "v1"))


def test_steps_stand_on_every_tab(by: User, boss: Client) -> None:
    contract = active(by=by)
    step = reverse("admin:contracts_contract_extend", args=[contract.pk])

    assert all(step in text(boss.get(address(name, contract))) for name in TABS if name.startswith("contracts"))


def test_the_mechanic_sees_no_rentals_and_the_integrator_nothing(lived: Contract) -> None:
    mechanic = client_in("mechanic")[0]

    assert mechanic.get(address("contracts_contract_handovers", lived)).status_code == 403
    shown = text(mechanic.get(address("cars_car_timeline", lived)))
    assert (lived.reference in shown, str(lived.customer) in shown) == (False, False)


def test_there_is_no_tab_of_nothing(boss: Client, lived: Contract) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"

    assert boss.get(reverse("admin:cars_car_papers", args=[nobody])).status_code == 404


def test_costs_are_drawn_and_written(by: User, boss: Client) -> None:
    car: Car = fleet.InsuranceFactory(
        cost="365.00", valid_from=NOW.date() - timedelta(days=100), valid_until=NOW.date() + timedelta(days=264)
    ).car

    shown = text(boss.get(reverse("admin:cars_car_costs", args=[car.pk])))

    assert all(words in shown for words in ('<rect class="is-insurance"', "11.2026", "At most "))

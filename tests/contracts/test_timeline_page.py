"""The timeline's page: what it costs and weighs, who sees whom, and what its endpoints answer."""

import gzip
import re
import time
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from contracts.models import Contract
from deploy import slots
from fleet.db.period import Period
from tests.contracts.desk import client_in
from tests.factories import contracts as given
from tests.factories.cars import CarFactory, OccupancyFactory
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:timeline")
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    return given.manager()


def seen_by(role: str, at: datetime = START, **asked: str) -> str:
    with time_machine.travel(at, tick=False):
        client, _user = client_in(role)
        return client.get(PAGE, asked).content.decode()


def many_cars(count: int) -> None:
    """Plant cars with a block every five days."""
    first = CarFactory()
    cars = [CarFactory.build(category=first.category, branch=first.branch, created_by=None) for _ in range(count - 1)]
    for car in cars:
        car.clean()
    type(first).objects.bulk_create(cars)
    rows = [
        OccupancyFactory.build(car=car, period=_span(number), note=f"Ana Kovač {number}")
        for car in cars
        for number in range(6)
    ]
    type(rows[0]).objects.bulk_create(rows)


def _span(number: int) -> Any:
    start = NOW + 5 * number * DAY
    return Period(start, start + 4 * DAY).as_range()


def test_the_stylesheet_of_the_slots_is_up_to_date() -> None:
    assert slots.STYLESHEET.read_text() == slots.compiled()


@pytest.mark.parametrize("days", [31, 62])
def test_many_cars_come_in_parts_that_belong_together(days: int) -> None:
    many_cars(500)
    parts, link = list[str](), f"?days={days}"
    while link:
        parts.append(seen_by("manager", NOW, **dict(parse_qsl(link[1:]))))
        link = unescape("".join(re.findall(r'class="tl-more"><a href="([^"]+)"', parts[-1])))
    plates = re.findall(r'class="tl-car" [^>]+><b>([^<]+)', "".join(parts))

    assert (len(parts), plates) == (2 if days == 31 else 3, sorted(set(plates)))
    assert len(plates) == 500
    assert {tuple(re.findall(r'tl-group"><h2>[^<]+ · (\d+)', part)) for part in parts} == {("500",)}
    assert max(len(gzip.compress(part.encode())) for part in parts) < 80_000


def test_five_hundred_cars_cost_eight_queries_and_little_to_send() -> None:
    client, _user = client_in("manager")
    many_cars(500)
    with time_machine.travel(NOW), CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
        began = time.process_time()
        answer = client.get(PAGE)
        spent = time.process_time() - began

    assert (len(queries) / 2, answer.content.count(b"tl-row")) == (8, 400)
    assert len(gzip.compress(answer.content)) < 80_000
    assert spent < 1  # measured: see docs/adr/0029; a loaded machine is given time


def test_a_reload_is_not_modified_until_something_has_changed(by: User) -> None:
    client, _user = client_in("manager")
    contract = given.booked(by=by)
    with time_machine.travel(NOW, tick=False):
        tag = client.get(PAGE)["ETag"]
        again = client.get(PAGE, headers={"If-None-Match": tag})
        given.lifecycle.cancel(contract.pk, reason="the flight was cancelled", by=by, now=NOW)
        changed = client.get(PAGE, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)
    assert "no-store" not in again["Cache-Control"]


def test_one_persons_tag_is_not_anothers() -> None:
    (first, _a), (second, _b) = client_in("manager"), client_in("viewer")
    with time_machine.travel(NOW, tick=False):
        tag = first.get(PAGE)["ETag"]
        assert second.get(PAGE, headers={"If-None-Match": tag}).status_code == 200


def test_names_are_for_those_who_may_see_personal_data(by: User) -> None:
    contract = given.booked(by=by, customer=given.driver(name="Elma Weber"))
    shown = {role: seen_by(role) for role in ("agent", "viewer", "mechanic")}

    assert "Elma Weber" in shown["agent"]
    assert contract.reference in shown["viewer"]
    assert "Elma Weber" not in shown["viewer"] + shown["mechanic"]
    assert contract.reference not in shown["mechanic"]


def test_what_people_wrote_is_shown_as_text() -> None:
    car = CarFactory(manufacturer="<b>Opel</b>")
    OccupancyFactory(car=car, note='<script>alert("x")</script>')
    page = seen_by("manager")
    assert "<script>alert" not in page
    assert "&lt;b&gt;Opel" in page


@pytest.mark.parametrize(
    "asked", [{"days": "9"}, {"from": "x"}, {"from": "9999-12-31"}, {"category": "%"}, {"state": "'"}]
)
def test_nonsense_in_the_address_is_ignored(asked: dict[str, str]) -> None:
    assert 'id="timeline"' in seen_by("viewer", **asked)


@pytest.mark.parametrize("days", [7, 14, 31, 62])
def test_it_shows_as_many_days_as_asked_for(days: int) -> None:
    assert len(re.findall("data-day=", seen_by("viewer", days=str(days)))) == days


# endpoints


def sent(role: str, name: str, at: datetime, **fields: Any) -> tuple[int, str]:
    with time_machine.travel(at, tick=False):
        client, _user = client_in(role)
        answer = client.post(reverse(f"admin:{name}"), fields)
    return answer.status_code, answer.json()["detail"] if answer["Content-Type"] == "application/json" else ""


def test_a_rental_is_extended_to_the_same_hour_of_another_day(by: User) -> None:
    contract = given.active(by=by)
    status, said = sent("agent", "timeline_extend", START + DAY, number=contract.reference, day=f"{END + DAY:%Y-%m-%d}")

    assert (status, Contract.objects.get(pk=contract.pk).end_at) == (200, END + DAY)
    assert f"{END + DAY:%d.%m.%Y}" in said


def test_a_refusal_comes_in_words(by: User) -> None:
    contract = given.active(by=by)
    given.booked(by=by, car=contract.car, start_at=END + DAY, end_at=END + 2 * DAY)
    day = f"{END + DAY:%Y-%m-%d}"
    status, said = sent("agent", "timeline_extend", START + DAY, number=contract.reference, day=day)
    assert (status, "is taken" in said) == (409, True)


@pytest.mark.parametrize(("name", "fields"), [("timeline_extend", {"day": "x"}), ("timeline_move", {"car": "x"})])
def test_nonsense_is_refused_in_words(by: User, name: str, fields: dict[str, str]) -> None:
    number = given.active(by=by).reference
    assert sent("manager", name, START, number=number, **fields)[0] == 422
    assert sent("manager", name, START, number="R-0000-000000", **fields)[0] == 404


def test_a_booking_is_moved_to_another_car(by: User) -> None:
    contract, other = given.booked(by=by), given.rentable_car()
    status, said = sent("agent", "timeline_move", NOW, number=contract.reference, car=str(other.pk))
    assert (status, Contract.objects.get(pk=contract.pk).car) == (200, other)
    assert other.license_plate in said


def test_a_booking_is_moved_to_other_days_at_the_same_hours(by: User) -> None:
    contract, other = given.booked(by=by, start_at=START + 5 * DAY, end_at=END + 5 * DAY), given.rentable_car()
    status, said = sent("agent", "timeline_move", NOW, number=contract.reference, car=str(other.pk), shift="-1")
    refused = sent("agent", "timeline_move", NOW, number=contract.reference, shift="99999")

    moved = Contract.objects.get(pk=contract.pk)
    assert (status, moved.car, moved.start_at) == (200, other, contract.start_at - DAY)
    assert other.license_plate in said
    assert refused[0] == 422


@pytest.mark.parametrize("name", ["timeline_extend", "timeline_move"])
def test_who_may_only_look_may_not_drag(name: str) -> None:
    assert sent("viewer", name, NOW)[0] == 403


def test_the_number_of_a_contract_leads_to_its_page(by: User) -> None:
    contract = given.booked(by=by)
    client, _user = client_in("viewer")
    answer = client.get(reverse("admin:timeline_contract"), {"number": contract.reference})
    assert answer["Location"] == reverse("admin:contracts_contract_change", args=[contract.pk])
    assert client.get(reverse("admin:timeline_contract"), {"number": "x"}).status_code == 404


def test_a_block_is_filled_in_as_the_timeline_links_to_it() -> None:
    client, _user = client_in("manager")
    car = CarFactory()
    asked = {"car": str(car.pk), "kind": "block", "start": "2026-12-04T08:00", "end": "2026-12-06T10:00"}
    page = client.get(reverse("admin:cars_occupancy_add"), asked).content.decode()
    assert [text in page for text in ("04.12.2026", "06.12.2026", car.license_plate)] == [True] * 3


def test_a_block_that_is_saved_leads_to_the_days_of_its_car() -> None:
    client, _user = client_in("manager")
    car = CarFactory()
    days = {"start_at_0": "04.12.2026", "start_at_1": "08:00", "end_at_0": "06.12.2026", "end_at_1": "10:00"}
    answer = client.post(reverse("admin:cars_occupancy_add"), {"car": str(car.pk), "kind": "block", **days})
    assert answer["Location"] == reverse("admin:cars_car_timeline", args=[car.pk])

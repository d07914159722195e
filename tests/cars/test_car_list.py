"""The list of cars says of each what it is doing, and what keeps it back."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cars.models import Insurance
from fleet.db.period import Period
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory, IssueReportFactory, OccupancyFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory(role="manager"))
    return client


def cell(client: Client) -> str:
    page = client.get("/admin/cars/car/").content.decode()
    found = re.search(r'class="[^"]*field-shown_now[^"]*"[^>]*>(.*?)</td>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_a_car_that_nobody_has_is_free(boss: Client) -> None:
    CarFactory(rentable=True)

    assert cell(boss) == "free"


def test_a_car_that_is_out_says_until_when(boss: Client) -> None:
    now = timezone.now()
    OccupancyFactory(car=CarFactory(rentable=True), period=Period(now - DAY, now + DAY).as_range(), kind="workshop")

    assert re.fullmatch(r"workshop until \d\d\.\d\d\.\d{4} \d\d:\d\d", cell(boss))


def test_a_car_without_insurance_or_with_a_restriction_is_marked(boss: Client) -> None:
    car = CarFactory(rentable=True)
    Insurance.objects.filter(car=car).delete()
    IssueReportFactory(car=car, restriction="grounded")

    assert cell(boss) == "free not insured restricted"


def test_a_car_that_is_out_of_service_says_so(boss: Client) -> None:
    CarFactory(rentable=True, lifecycle="out_of_service")

    assert cell(boss) == "out of service"

"""Files of what is over: read by whoever may see the record, neither added nor taken away, through any door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contracts import lifecycle
from files import uploads
from files.errors import RecordFinal
from files.models import File
from tests.factories import cars, contracts
from tests.factories.accounts import UserFactory, client_of
from tests.files import samples

pytestmark = pytest.mark.django_db


def of_an_archived_car(make: Callable[[], Any]) -> Callable[[], tuple[Any, Callable[[], Any]]]:
    def made() -> tuple[Any, Callable[[], Any]]:
        record = make()
        car = getattr(record, "car", record)
        return record, lambda: type(car).objects.filter(pk=car.pk).update(lifecycle="archived")

    return made


def of_a_closed_rental() -> tuple[Any, Callable[[], Any]]:
    by = contracts.manager()
    rental = contracts.paid(contracts.returned(by=by), by=by)
    handover = rental.assignments.get().handovers.get(kind="in")
    return handover, lambda: lifecycle.settle(rental.pk, by=by, now=contracts.BACK_AT, release_deposit=True)


OVER: dict[str, Callable[[], tuple[Any, Callable[[], Any]]]] = {
    "cars": of_an_archived_car(cars.CarFactory),
    "insurances": of_an_archived_car(cars.InsuranceFactory),
    "registrations": of_an_archived_car(cars.RegistrationFactory),
    "inspections": of_an_archived_car(cars.InspectionFactory),
    "service-records": of_an_archived_car(cars.ServiceRecordFactory),
    "issues": of_an_archived_car(cars.IssueReportFactory),
    "damages": of_an_archived_car(cars.DamageFactory),
    "handovers": of_a_closed_rental,
}


@pytest.fixture
def user() -> User:
    return UserFactory(role="manager")


@pytest.fixture(params=OVER)
def held(request: pytest.FixtureRequest, user: User) -> tuple[str, Any, File]:
    """Return a record that is over, with one file of the time before."""
    record, end = OVER[request.param]()
    file = uploads.receive(samples.picture(), "scan.jpg", by=user)
    uploads.attach(record, [file.pk], by=user)
    end()
    return f"/api/v1/{request.param}/{record.pk}/files/", record, file


def test_they_are_read_in_the_api_and_neither_added_nor_taken_away(held: tuple[str, Any, File], user: User) -> None:
    place, _record, file = held
    another = uploads.receive(samples.picture(), "late.jpg", by=user)
    client = client_of(user)
    refused = client.post(place, {"attach": [str(another.pk)]}), client.delete(f"{place}{file.pk}/")

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, RecordFinal.code)] * 2
    assert [one["id"] for one in client.get(place).json()] == [str(file.pk)]
    assert client.get(f"{place}{file.pk}/").status_code == 200


def test_they_are_shown_in_the_admin_without_a_way_to_change_them(held: tuple[str, Any, File], user: User) -> None:
    _place, record, file = held
    client, name = Client(), f"admin:{record._meta.app_label}_{record._meta.model_name}"
    client.force_login(user)
    page = client.get(reverse(f"{name}_change", args=[record.pk])).content.decode()

    assert "scan.jpg" in page
    assert 'name="detach"' not in page
    assert 'id="id_uploads"' not in page
    assert client.get(reverse(f"{name}_file", args=[record.pk, file.pk])).status_code == 302


def test_what_is_sent_to_the_page_all_the_same_is_not_kept(held: tuple[str, Any, File], user: User) -> None:
    _place, record, file = held
    another = uploads.receive(samples.picture(), "late.jpg", by=user)
    client = Client()
    client.force_login(user)
    sent = {"attach": [str(another.pk)], "detach": [str(file.pk)]}
    client.post(reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_files", args=[record.pk]), sent)

    assert [one.pk for one in File.objects.of(record)] == [file.pk]

"""Files below records: a file is visible exactly to those who may see its record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from auditlog.models import LogEntry
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.roles import ROLES
from files.models import File
from fleet.storage import bucket
from tests.factories import cars, contracts, customers
from tests.factories.accounts import client_as
from tests.files import samples
from tests.files.conftest import fetched

pytestmark = pytest.mark.django_db

RECORDS: dict[str, Callable[[], Any]] = {
    "cars": cars.CarFactory,
    "insurances": cars.InsuranceFactory,
    "registrations": cars.RegistrationFactory,
    "inspections": cars.InspectionFactory,
    "service-records": cars.ServiceRecordFactory,
    "issues": cars.IssueReportFactory,
    "damages": cars.DamageFactory,
    "documents": customers.DocumentFactory,
    "handovers": lambda: contracts.active(by=contracts.manager()).assignments.get().handovers.get(),
}
SEEN_BY = {
    **dict.fromkeys(RECORDS, set(ROLES) - {"integrator"}),
    "cars": set(ROLES),
    "documents": {"admin", "manager", "agent"},
    "handovers": set(ROLES) - {"integrator", "mechanic"},
}


@pytest.fixture(params=RECORDS)
def place(request: pytest.FixtureRequest) -> str:
    return f"/api/v1/{request.param}/{RECORDS[request.param]().pk}/files/"


def given(client: APIClient, place: str, upload: Any, content: bytes = b"", name: str = "photo.jpg") -> UUID:
    file: UUID = upload(client, content, name)
    answer = client.post(place, {"attach": [str(file)]})
    assert answer.status_code == 201, answer.json()
    return file


def test_a_file_joins_a_record_is_listed_opened_and_removed(
    place: str, upload: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as("manager")
    file = given(client, place, upload)
    assert [one["id"] for one in client.get(place).json()] == [str(file)]
    link = client.get(f"{place}{file}/").json()
    status, headers, body = fetched(link["url"])
    assert (status, headers["Content-Type"], body) == (200, "image/jpeg", bucket().fetch(f"files/{file}"))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(f"{place}{file}/").status_code == 204
    assert client.get(place).json() == []
    with pytest.raises(FileNotFoundError):
        bucket().fetch(f"files/{file}")


def test_every_role_sees_the_files_of_what_it_may_see_and_no_others(place: str, upload: Any) -> None:
    file = given(client_as("manager"), place, upload)
    name = place.split("/")[3]
    clients = {role: client_as(role) for role in ROLES}
    for address in (place, f"{place}{file}/"):
        seen = {role for role, client in clients.items() if client.get(address).status_code == 200}
        assert seen == SEEN_BY[name]


def test_asking_for_a_file_is_put_on_record(place: str, upload: Any) -> None:
    client = client_as("manager")
    file = given(client, place, upload)
    client.get(f"{place}{file}/")
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")
    assert (entry.additional_data["what"], entry.additional_data["file"]) == ("download", str(file))
    assert (entry.actor, entry.object_pk) == (client.user, place.split("/")[4])


def test_a_link_ends_after_fifteen_minutes(place: str, upload: Any) -> None:
    client = client_as("manager")
    file = given(client, place, upload)
    with time_machine.travel(timedelta(minutes=-14)):
        fresh = client_as("manager").get(f"{place}{file}/").json()
    with time_machine.travel(timedelta(minutes=-15, seconds=-2)):
        old = client_as("manager").get(f"{place}{file}/").json()
    assert (fetched(fresh["url"])[0], fetched(old["url"])[0]) == (200, 403)


def test_a_file_of_another_record_is_not_found_here(upload: Any) -> None:
    client = client_as("manager")
    here, there = (f"/api/v1/insurances/{cars.InsuranceFactory().pk}/files/" for _ in range(2))
    file = given(client, there, upload)
    assert client.get(f"{here}{file}/").status_code == 404
    assert client.delete(f"{here}{file}/").status_code == 404


def test_a_file_belongs_to_one_record_of_any_kind(upload: Any) -> None:
    client = client_as("manager")
    file = given(client, f"/api/v1/insurances/{cars.InsuranceFactory().pk}/files/", upload)
    other = client.post(f"/api/v1/documents/{customers.DocumentFactory().pk}/files/", {"attach": [str(file)]})
    assert (other.status_code, other.json()["code"]) == (422, "file_not_free")


def test_nobody_attaches_what_somebody_else_has_uploaded(upload: Any) -> None:
    file = upload(client_as("manager"))
    place = f"/api/v1/insurances/{cars.InsuranceFactory().pk}/files/"
    assert client_as("manager").post(place, {"attach": [str(file)]}).status_code == 422


def test_a_paper_is_entered_with_its_scan(upload: Any) -> None:
    client, car = client_as("manager"), cars.CarFactory()
    scan = upload(client, samples.pdf(), "police.pdf")
    paper = {"car": str(car.pk), "number": "1", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    made = client.post("/api/v1/registrations/", {**paper, "attach": [str(scan)]})
    assert made.status_code == 201
    files = client.get(f"/api/v1/registrations/{made.json()['id']}/files/").json()
    assert [one["name"] for one in files] == ["police.pdf"]


def test_a_paper_with_a_file_that_is_not_free_is_not_entered() -> None:
    client, car = client_as("manager"), cars.CarFactory()
    paper = {"car": str(car.pk), "number": "1", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    nobodys = "00000000-0000-7000-8000-000000000000"
    answer = client.post("/api/v1/registrations/", {**paper, "attach": [nobodys]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/attach")
    assert not car.registrations.exists()


def test_a_service_and_an_issue_take_files_when_they_are_written(upload: Any) -> None:
    client, car = client_as("mechanic"), cars.CarFactory()
    issue = {"car": str(car.pk), "title": "Noise", "severity": "low", "attach": [str(upload(client))]}
    made = client.post("/api/v1/issues/", issue)
    assert made.status_code == 201, made.json()
    more = client.patch(f"/api/v1/issues/{made.json()['id']}/", {"attach": [str(upload(client))]})
    assert more.status_code in (200, 428), more.json()
    assert len(client.get(f"/api/v1/issues/{made.json()['id']}/files/").json()) >= 1


def test_pictures_and_pdfs_are_shown_and_everything_else_is_saved(upload: Any) -> None:
    client, place = client_as("manager"), f"/api/v1/insurances/{cars.InsuranceFactory().pk}/files/"
    shown = {}
    for content, name in ((samples.pdf(), "š.pdf"), (samples.docx(), "b.docx")):
        link = client.get(f"{place}{given(client, place, upload, content, name)}/").json()
        shown[name] = fetched(link["url"])[1]["Content-Disposition"].split(";")[0]
    assert shown == {"š.pdf": "inline", "b.docx": "attachment"}


def test_a_document_says_whether_it_has_a_file(upload: Any) -> None:
    client, document = client_as("agent"), customers.DocumentFactory()
    address = f"/api/v1/documents/{document.pk}/"
    assert client.get(address).json()["has_file"] is False
    given(client, f"{address}files/", upload)
    assert client.get(address).json()["has_file"] is True


def test_a_hand_over_is_signed_once(upload: Any) -> None:
    client = client_as("agent")
    place = f"/api/v1/handovers/{RECORDS['handovers']().pk}/files/"
    first = client.post(place, {"attach": [str(upload(client))], "role": "signature"})
    second = client.post(place, {"attach": [str(upload(client))], "role": "signature"})
    assert (first.status_code, second.status_code) == (201, 409)


def test_files_of_a_deleted_paper_are_left_for_the_sweep(upload: Any) -> None:
    client, paper = client_as("manager"), cars.InsuranceFactory()
    file = given(client, f"/api/v1/insurances/{paper.pk}/files/", upload)
    paper.delete()
    tomorrow = timezone.now() + timedelta(hours=25)
    assert [one.pk for one in File.objects.abandoned(now=tomorrow)] == [file]


def test_a_closed_issue_keeps_the_files_it_has(upload: Any) -> None:
    client, issue = client_as("manager"), cars.IssueReportFactory()
    place = f"/api/v1/issues/{issue.pk}/files/"
    [kept] = client.post(place, {"attach": [str(upload(client))]}).json()
    client.post(f"/api/v1/issues/{issue.pk}/resolve/", {"resolution": "Greased."})
    client.post(f"/api/v1/issues/{issue.pk}/close/")

    refused = client.post(place, {"attach": [str(upload(client))]})

    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_step")
    assert client.delete(f"{place}{kept['id']}/").status_code == 409

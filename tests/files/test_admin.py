"""Files on the admin's pages: the panel, the links, the pictures, and what is put on record."""

import io
import json
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from cars.models import Registration
from contracts.models import Handover
from files import uploads
from files.models import File
from tests.factories import cars, contracts, customers
from tests.factories.accounts import UserFactory
from tests.files import samples
from tests.files.conftest import fetched

pytestmark = pytest.mark.django_db


def staff(role: str) -> tuple[Client, User]:
    client, user = Client(), UserFactory(role=role)
    client.force_login(user)
    return client, user


def sent(*contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"page{number}.jpg", content) for number, content in enumerate(contents)]


def form_of(registration: Registration, **more: Any) -> dict[str, Any]:
    fields = {"number": registration.number, "cost": "0", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    return {"car": registration.car.pk, **fields, "authority": "", "notes": "", **more}


def page(record: Any, what: str = "change", *more: Any) -> str:
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{what}", args=[record.pk, *more])


def holding(record: Any, by: User, content: bytes = b"") -> File:
    file = uploads.receive(content or samples.picture(), "scan.jpg", by=by)
    uploads.attach(record, [file.pk], by=by)
    return file


def test_files_chosen_in_the_form_join_the_record_when_it_is_saved() -> None:
    client, _ = staff("manager")
    paper = cars.RegistrationFactory()
    answer = client.post(page(paper), form_of(paper, uploads=sent(samples.picture(), samples.pdf())))
    assert answer.status_code == 302
    assert [one.media_type for one in File.objects.of(paper)] == ["image/jpeg", "application/pdf"]


def test_a_new_record_is_entered_with_its_files() -> None:
    client, _ = staff("manager")
    paper = cars.RegistrationFactory.build(car=cars.CarFactory())
    client.post(reverse("admin:cars_registration_add"), form_of(paper, uploads=sent(samples.pdf())))
    assert File.objects.of(Registration.objects.get()).count() == 1


def test_a_refused_file_is_said_in_the_form_and_the_good_one_waits() -> None:
    client, _ = staff("manager")
    paper = cars.RegistrationFactory()
    form = form_of(paper, number="changed", uploads=sent(samples.picture(), b"<html>"))
    answer = client.post(page(paper), form)
    text = answer.content.decode()
    assert (answer.status_code, "page1.jpg: " in text, "joins when you save" in text) == (200, True, True)
    assert 'value="changed"' in text
    paper.refresh_from_db()
    assert paper.number != "changed"
    client.post(page(paper), form_of(paper, attach=[str(File.objects.get().pk)]))
    assert File.objects.of(paper).count() == 1


def test_when_s3_is_down_the_form_says_so_and_saves_nothing(s3_down: None) -> None:
    client, _ = staff("manager")
    paper = cars.RegistrationFactory()
    answer = client.post(page(paper), form_of(paper, number="changed", uploads=sent(samples.picture())))
    assert "The file storage does not answer" in answer.content.decode()
    assert client.post(page(paper), form_of(paper, number="changed")).status_code == 302


def test_a_file_is_taken_away_with_the_form() -> None:
    client, user = staff("manager")
    paper = cars.RegistrationFactory()
    file = holding(paper, user)
    client.post(page(paper), form_of(paper, detach=[str(file.pk)]))
    assert not File.objects.exists()


def test_a_link_leads_to_the_bucket_and_is_put_on_record() -> None:
    client, user = staff("viewer")
    paper = cars.RegistrationFactory()
    file = holding(paper, user, samples.pdf())
    answer = client.get(page(paper, "file", file.pk))
    assert answer.status_code == 302
    assert fetched(answer["Location"])[2] == samples.pdf()
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")
    assert (entry.actor, entry.additional_data["what"], entry.object_pk) == (user, "download", str(paper.pk))


def test_a_preview_comes_from_here_with_a_type_that_nobody_guesses() -> None:
    client, user = staff("viewer")
    issue = cars.IssueReportFactory()
    answer = client.get(page(issue, "preview", holding(issue, user).pk))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not LogEntry.objects.filter(action=LogEntry.Action.ACCESS, object_pk=str(issue.pk)).exists()


def test_every_look_at_a_customers_document_is_on_record_and_marked() -> None:
    client, user = staff("agent")
    document = customers.DocumentFactory()
    file = holding(document, user, samples.picture(size=(480, 320)))
    answer = client.get(page(document, "preview", file.pk))
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")
    assert (entry.actor, entry.additional_data["what"], entry.object_pk) == (user, "view", str(document.pk))
    assert "no-store" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert len(shown.convert("L").getcolors(1000) or []) > 50  # the plain blue one has the mark on it


@pytest.mark.parametrize("role", ["mechanic", "accountant", "auditor", "viewer"])
@pytest.mark.parametrize("what", ["file", "preview"])
def test_who_may_not_see_documents_sees_no_file_of_one(role: str, what: str) -> None:
    document = customers.DocumentFactory()
    file = holding(document, UserFactory(role="agent"))
    client, _ = staff(role)
    assert client.get(page(document, what, file.pk)).status_code == 403


def test_a_file_of_another_record_is_not_found_here() -> None:
    client, user = staff("agent")
    mine, other = customers.DocumentFactory(), customers.DocumentFactory()
    file = holding(other, user)
    assert client.get(page(mine, "file", file.pk)).status_code == 404
    assert client.get(page(mine, "preview", file.pk)).status_code == 404


def test_photos_of_a_hand_over_follow_later() -> None:
    contracts.active(by=contracts.manager())
    handover = Handover.objects.get()
    client, _ = staff("agent")
    assert page(handover, "files") in client.get(page(handover)).content.decode()
    client.post(page(handover, "files"), {"uploads": sent(samples.picture())})
    assert File.objects.of(handover).count() == 1


def test_who_may_only_look_adds_nothing() -> None:
    contracts.active(by=contracts.manager())
    handover = Handover.objects.get()
    client, _ = staff("viewer")
    assert "data-upload" not in client.get(page(handover)).content.decode()
    assert client.post(page(handover, "files"), {"uploads": sent(samples.picture())}).status_code == 403


def test_a_page_sends_photos_ahead_and_gets_their_ids() -> None:
    client, user = staff("agent")
    answer = client.post(reverse("admin:files"), {"uploads": sent(samples.picture())})
    assert answer.status_code == 201
    assert json.loads(answer.content)["files"][0]["id"] == str(File.objects.get(created_by=user).pk)


def test_sending_ahead_says_why_not() -> None:
    client, _ = staff("agent")
    answer = client.post(reverse("admin:files"), {"uploads": sent(b"<html>")})
    assert (answer.status_code, "not kept here" in json.loads(answer.content)["detail"]) == (422, True)


def test_sending_ahead_needs_the_token_of_the_form_and_the_right_to_upload() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory(role="agent"))
    assert strict.post(reverse("admin:files"), {"uploads": sent(samples.picture())}).status_code == 403
    client, _ = staff("viewer")
    assert client.post(reverse("admin:files"), {"uploads": sent(samples.picture())}).status_code == 403


def test_an_upload_of_somebody_else_cannot_be_taken_by_its_id() -> None:
    client, _ = staff("manager")
    paper, foreign = cars.RegistrationFactory(), uploads.receive(samples.pdf(), "x", by=UserFactory(role="agent"))
    answer = client.post(page(paper), form_of(paper, attach=[str(foreign.pk)]))
    assert (answer.status_code, File.objects.of(paper).count()) == (200, 0)


def test_the_history_says_which_files_a_record_got_and_lost() -> None:
    client, user = staff("manager")
    paper = cars.RegistrationFactory()
    file = holding(paper, user)
    uploads.detach(paper, file.pk, by=user)

    shown = client.get(reverse("admin:cars_registration_history", args=[paper.pk])).content.decode()

    assert "<ins>image/jpeg, " in shown
    assert "<del>image/jpeg, " in shown
    assert "scan.jpg" not in shown

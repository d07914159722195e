"""Papers: changes look again at the car's contracts, renewals go on where the old one ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from cars import papers
from cars.errors import IllegalMove
from cars.models import Insurance
from contracts.models import Contract
from notifications.models import Event, Notification
from tests.cars.world import DAY, NOW
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import FIRST_DAY, LAST_DAY, InsuranceFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def booking(by: User) -> Contract:
    return given.booked(by=by)


def insurance(contract: Contract) -> Insurance:
    return contract.car.insurances.get()


def at_risk(outcome: papers.Outcome[Any]) -> list[tuple[str, list[str]]]:
    return [(risk.reference, sorted(risk.codes)) for risk in outcome.at_risk]


def test_a_paper_that_ends_too_early_puts_bookings_at_risk(booking: Contract, by: User) -> None:
    last = booking.end_at.date() - timedelta(days=1)

    outcome = papers.amend(insurance(booking), by=by, now=NOW, valid_until=last)

    assert at_risk(outcome) == [(booking.reference, ["uninsured"])]
    assert papers.amend(insurance(booking), by=by, now=NOW, valid_until=last + timedelta(days=1)).at_risk == []


def test_a_paper_that_is_deleted_puts_a_rental_at_risk(by: User) -> None:
    contract = given.active(by=by)

    outcome = papers.remove(contract.car.registrations.get(), by=by, now=given.OUT_AT + DAY)

    assert at_risk(outcome) == [(contract.reference, ["unregistered"])]


def test_a_gap_of_one_day_counts(booking: Contract, by: User) -> None:
    middle = booking.start_at.date() + timedelta(days=1)
    papers.amend(insurance(booking), by=by, now=NOW, valid_until=middle - timedelta(days=1))

    outcome = papers.add(InsuranceFactory.build(car=booking.car, valid_from=middle + timedelta(days=1)), by=by, now=NOW)

    assert at_risk(outcome) == [(booking.reference, ["uninsured"])]


def test_what_got_worse_is_told_once_and_in_the_same_transaction(booking: Contract, by: User) -> None:
    agent = UserFactory(role="agent")
    papers.remove(insurance(booking), by=by, now=NOW)
    papers.amend(booking.car.registrations.get(), by=by, now=NOW + DAY, notes="copy sent")

    event = Event.objects.get(type="contract.at_risk")
    assert (event.subject_id, event.payload["because"]) == (booking.pk, ["uninsured"])
    told = Notification.objects.get(kind="contract_at_risk")
    assert (told.user, told.subject_id) == (agent, booking.pk)
    assert told.text == f"{booking.car.license_plate}: not insured to the end"


def test_a_change_is_published_with_what_it_puts_at_risk(booking: Contract, by: User) -> None:
    paper = insurance(booking)
    papers.remove(paper, by=by, now=NOW)

    event = Event.objects.get(type="insurance.removed")

    assert event.payload == {"car": str(booking.car_id), "at_risk": [str(booking.pk)]}


def test_other_cars_are_not_looked_at(booking: Contract, by: User) -> None:
    papers.remove(insurance(booking), by=by, now=NOW)
    other = InsuranceFactory()

    assert papers.amend(other, by=by, now=NOW, notes="x").at_risk == []


def test_a_renewal_goes_on_where_the_old_one_ends(by: User) -> None:
    old = InsuranceFactory(kind="casco", provider="Triglav", notes="with glass")

    new = papers.renew(old, by=by, now=NOW).paper

    assert (new.valid_from, new.valid_until) == (LAST_DAY + timedelta(days=1), date(2028, 12, 31))
    assert (new.kind, new.provider, new.cost, new.notes) == ("casco", "Triglav", old.cost, "with glass")
    assert Insurance.objects.get(pk=old.pk).valid_until == LAST_DAY
    assert (new.created_by, new.version) == (by, 1)


def test_a_renewal_may_differ(by: User) -> None:
    new = papers.renew(RegistrationFactory(), by=by, now=NOW, number="N-1", valid_until=date(2028, 6, 30)).paper

    assert (new.number, new.valid_until) == ("N-1", date(2028, 6, 30))


def test_nobody_renews_the_same_paper_twice(by: User) -> None:
    old = InsuranceFactory()
    papers.renew(old, by=by, now=NOW)

    with pytest.raises(IllegalMove) as refused:
        papers.renew(old, by=by, now=NOW)

    assert refused.value.code == "renewed_already"


def test_the_api_answers_what_a_change_puts_at_risk(booking: Contract) -> None:
    client, paper = client_as("manager"), insurance(booking)
    address = f"/api/v1/insurances/{paper.pk}/"

    read = client.get(address).json()
    changed = client.patch(address, {"valid_until": str(TODAY)}, HTTP_IF_MATCH="*").json()
    gone = client.delete(address, HTTP_IF_MATCH="*")

    assert read["at_risk"] is None
    assert [(risk["reference"], risk["because"]) for risk in changed["at_risk"]] == [(booking.reference, ["uninsured"])]
    assert (gone.status_code, gone.json()["at_risk"][0]["id"]) == (200, str(booking.pk))


def test_the_api_renews_a_paper(by: User) -> None:
    client, old = client_as("manager"), InsuranceFactory()

    answer = client.post(f"/api/v1/insurances/{old.pk}/renew/", {"cost": "400.00"})

    body = answer.json()
    assert (answer.status_code, body["valid_from"], body["cost"]) == (201, "2028-01-01", "400.00")
    assert answer["Location"].endswith(f"/api/v1/insurances/{body['id']}/")
    assert client.post(f"/api/v1/insurances/{old.pk}/renew/").json()["code"] == "renewed_already"


def test_a_renewal_that_ends_before_it_starts_is_refused() -> None:
    answer = client_as("manager").post(
        f"/api/v1/insurances/{InsuranceFactory().pk}/renew/", {"valid_until": "2026-01-01"}
    )

    assert (answer.status_code, answer.json()["detail"]) == (422, "It ends before it starts.")


def test_an_agent_reads_papers_and_changes_none() -> None:
    client, paper = client_as("agent"), InsuranceFactory()

    assert client.get(f"/api/v1/insurances/{paper.pk}/").status_code == 200
    assert client.post(f"/api/v1/insurances/{paper.pk}/renew/").status_code == 403


@pytest.fixture
def admin(client: Any) -> Any:
    client.force_login(UserFactory(role="manager"))
    return client


def test_the_admin_warns_of_what_a_change_puts_at_risk(booking: Contract, admin: Any) -> None:
    paper = insurance(booking)
    page = reverse("admin:cars_insurance_change", args=[paper.pk])
    typed = {"kind": "liability", "provider": "X", "number": "1", "cost": "1", "valid_from": str(FIRST_DAY)}

    shown = admin.post(page, {**typed, "valid_until": str(TODAY)}, follow=True)

    assert f"At risk now: {booking.reference}" in shown.content.decode()
    assert Event.objects.filter(type="contract.at_risk").count() == 1


@pytest.mark.parametrize("way", ["page", "list"])
def test_deleting_in_the_admin_looks_again_too(way: str, booking: Contract, admin: Any) -> None:
    paper = insurance(booking)
    if way == "page":
        admin.post(reverse("admin:cars_insurance_delete", args=[paper.pk]), {"post": "yes"})
    else:
        sent = {"action": "delete_selected", "_selected_action": str(paper.pk), "post": "yes"}
        admin.post(reverse("admin:cars_insurance_changelist"), sent)

    assert Event.objects.filter(type="contract.at_risk", subject_id=booking.pk).count() == 1


def test_the_admin_renews_with_one_form(admin: Any) -> None:
    old = InsuranceFactory()
    page = reverse("admin:cars_insurance_renew", args=[old.pk])
    form = admin.get(page).context_data["form"]
    assert form["valid_from"].value() == LAST_DAY + timedelta(days=1)

    admin.post(page, {name: str(form[name].value()) for name in form.fields})

    assert old.car.insurances.count() == 2

"""What customers are written, and when."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contracts import messages, moving, underway
from contracts.models import Contract
from customers.models import Customer
from notifications.letters import render
from notifications.models import Email
from tests.factories import contracts as given
from tests.factories.contracts import END, NOW

pytestmark = pytest.mark.django_db


def lejla(**fields: Any) -> Customer:
    return given.driver(**{"email": "lejla@example.com", "language": "bs", **fields})


def letters(template: str) -> list[Email]:
    return list(Email.objects.filter(template=template))


def test_a_confirmed_booking_is_confirmed_by_letter_in_the_customers_language() -> None:
    contract = given.confirmed(by=given.manager(), customer=lejla())

    [letter] = letters("booking_confirmed")
    assert (letter.to, letter.language) == ("lejla@example.com", "bs")
    said = render(letter.template, letter.language, letter.context)
    assert contract.reference in said.subject
    assert contract.car.license_plate in said.text


@pytest.mark.parametrize(("language", "before"), [("en", "Before it was:"), ("bs", "Ranije je bilo:")])
def test_a_changed_booking_says_what_it_is_now_and_what_it_was(language: str, before: str) -> None:
    contract = given.confirmed(by=(by := given.manager()), customer=lejla(language=language))
    old, new = contract.car, given.rentable_car()
    moving.reschedule(contract.pk, end_at=END + timedelta(days=1), car_id=new.pk, by=by, now=NOW)

    [letter] = letters("booking_changed")
    said = render(letter.template, letter.language, letter.context).text
    now, was = said.split(before)
    assert [plate in now for plate in (new.license_plate, old.license_plate)] == [True, False]
    assert [words in was for words in (old.license_plate, contract.reference)] == [True, False]
    assert f"{contract.end_at.astimezone(contract.return_branch.zone):%d.%m.%Y %H:%M}" in was


def test_who_has_no_address_is_not_written_to() -> None:
    given.closed(by=given.manager(), customer=lejla(email=""))

    assert not Email.objects.exists()


def test_the_receipt_leaves_when_the_last_cent_is_settled() -> None:
    by = given.manager()
    contract = given.paid(given.returned(by=by, customer=lejla()), by=by)
    assert not letters("receipt")

    given.lifecycle.settle(contract.pk, by=by, now=END, release_deposit=True)

    [letter] = letters("receipt")
    contract.refresh_from_db()
    assert letter.context["total"] == letter.context["paid"]
    assert len(letter.context["lines"]) == contract.lines.count()


def test_the_day_before_the_pick_up_is_announced_once() -> None:
    given.confirmed(by=given.manager(), customer=lejla())
    today = timezone.localdate(NOW)

    assert [messages.pick_ups_tomorrow(on=today + timedelta(days=day)) for day in (-1, 0, 0, 1)] == [0, 1, 0, 0]


def test_who_is_late_is_written_once_per_agreed_end() -> None:
    contract = given.active(by=(by := given.manager()), customer=lejla())
    late = END + timedelta(hours=2)

    assert [messages.overdue(now=moment) for moment in (END, late, late)] == [0, 1, 0]
    underway.extend(contract.pk, end_at=END + timedelta(days=2), by=by, now=late)
    assert messages.overdue(now=late + timedelta(days=2)) == 1


def test_a_refused_confirmation_writes_nothing() -> None:
    contract = given.booked(by=given.manager(), customer=lejla())
    with pytest.raises(given.lifecycle.DepositOpen):
        given.lifecycle.confirm(contract.pk, by=given.manager(), now=NOW)

    assert Contract.objects.get(pk=contract.pk).status == "pending"
    assert not Email.objects.exists()

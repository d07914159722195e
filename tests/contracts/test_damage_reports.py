"""What comes back damaged is an issue of the car, with the contract during which it happened."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from cars.models import IssueReport
from contracts.handover import NewDamage, Seen
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.contracts import END

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MARKS = (NewDamage("roof", "dent", "hail", Decimal(80)), NewDamage("front_bumper", "scratch"))


@pytest.fixture
def by() -> User:
    return given.manager()


def test_a_return_with_damages_reports_one_issue_with_its_contract(by: User) -> None:
    contract = given.returned(by=by, back=Seen(1_300, 8, damages=MARKS))
    issue = IssueReport.objects.get()

    assert (issue.car, issue.contract_id, issue.reported_by) == (contract.car, contract.pk, by)
    assert issue.title == "dent (roof), scratch (front bumper)"
    assert (issue.description, issue.estimated_cost, issue.severity, issue.restriction) == (
        "hail", Decimal(80), "low", "none",
    )  # fmt: skip


def test_a_return_without_damages_and_known_marks_report_nothing(by: User) -> None:
    given.active(by=by, seen=Seen(1_000, 8, damages=MARKS))
    given.returned(by=by)

    assert not IssueReport.objects.exists()


def test_a_grounded_car_puts_its_next_booking_at_risk(by: User) -> None:
    contract = given.active(by=by)
    given.booked(by=by, car=contract.car, start_at=END + 3 * DAY, end_at=END + 5 * DAY)
    issue = {"odometer_km": 1300, "fuel_eighths": 8, "restriction": "grounded"}
    damages = [{"panel": "roof", "kind": "dent"}]

    with time_machine.travel(END, tick=False):
        answer = client_as("agent").post(
            f"/api/v1/contracts/{contract.pk}/check-in/", {**issue, "damages": damages}, format="json"
        )

    assert (answer.status_code, IssueReport.objects.get().restriction) == (200, "grounded")
    assert Event.objects.filter(type="contract.at_risk").exists()

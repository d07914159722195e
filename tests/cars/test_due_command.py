"""`manage.py due`."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.cars.world import NOW
from tests.factories.cars import InsuranceFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def run(*args: Any) -> str:
    out = StringIO()
    call_command("due", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_what_is_due_is_listed_the_most_urgent_first() -> None:
    late = InsuranceFactory(valid_until=TODAY - timedelta(days=3))
    soon = RegistrationFactory(valid_until=TODAY + timedelta(days=5))

    lines = run("--within", "7").splitlines()

    assert [line.split("  ")[-1].strip() for line in lines] == [
        f"{late.car.license_plate} · insurance (liability)",
        f"{soon.car.license_plate} · registration",
    ]


def test_the_day_may_be_another() -> None:
    InsuranceFactory(valid_until=TODAY + timedelta(days=100))

    assert run() == ""
    assert len(run("--on", str(TODAY + timedelta(days=90))).splitlines()) == 1


def test_json_says_everything_and_only_what_is_asked_for() -> None:
    paper = InsuranceFactory(valid_until=TODAY)
    RegistrationFactory(valid_until=TODAY)

    told = json.loads(run("--json", "--subject", "insurance"))

    assert told["counts"] == {"due": 1, "overdue": 0, "today": 1, "coming": 0}
    assert (told["due"][0]["object_id"], told["due"][0]["state"]) == (str(paper.pk), "today")


def test_no_date_is_refused() -> None:
    with pytest.raises(CommandError, match="no date"):
        run("--on", "tomorrow")

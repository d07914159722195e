"""The README's tour, as its reader runs it: a shell and curl against a running server."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from contracts.models import Contract
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.cars import CarFactory, InsuranceFactory, RegistrationFactory
from tests.factories.contracts import ExtraFactory

_TOUR = Path(__file__).parents[2] / "docs" / "tour.sh"


@pytest.mark.django_db(transaction=True)
def test_the_tour_leads_from_the_first_call_to_the_last_cent(live_server: Any) -> None:
    UserFactory(username="manager", role="manager")
    ExtraFactory(code="sim_card")
    today = timezone.localdate()
    papers = {"valid_from": today - timedelta(days=9), "valid_until": today + timedelta(days=90)}
    for car in (CarFactory(), CarFactory(), CarFactory(lifecycle="for_sale")):
        InsuranceFactory(car=car, **papers)
        RegistrationFactory(car=car, **papers)

    ran = subprocess.run(
        [str(_TOUR), live_server.url],
        env={**os.environ, "FLEET_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert Contract.objects.get().status == "closed"

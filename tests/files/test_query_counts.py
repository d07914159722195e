"""Lists of files, and lists beside them, cost the same however long they are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Agreement, Handover
from tests.factories import cars, contracts
from tests.factories.accounts import client_as
from tests.factories.files import attached

pytestmark = pytest.mark.django_db


def cost(path: str) -> tuple[int, int]:
    """Return the number of rows and of queries."""
    client = client_as("manager")
    with CaptureQueriesContext(connection) as queries:
        body: Any = client.get(path).json()
    return len(body["data"] if isinstance(body, dict) else body), len(queries)


def test_the_files_of_a_record_cost_three_queries() -> None:
    paper = cars.InsuranceFactory()
    for _ in range(4):
        attached(paper)
    assert cost(f"/api/v1/insurances/{paper.pk}/files/") == (4, 3)  # the log-in, the record, its files


def test_hand_overs_and_agreements_cost_two_queries() -> None:
    by = contracts.manager()
    for number in range(3):
        contract = contracts.active(by=by)
        Agreement.objects.create(contract=contract, number=90, language="en", sha256="0", verification_code=number)
    assert cost("/api/v1/handovers/") == (3, 2)
    assert cost("/api/v1/agreements/")[1] == 2
    assert Handover.objects.count() == 3

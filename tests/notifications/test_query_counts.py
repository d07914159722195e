"""Lists of notices, letters and webhooks cost the same however long they are, in the API and in the admin."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from customers import flags
from notifications import mail, notices, webhooks
from notifications.models import WebhookEndpoint
from notifications.samples import SAMPLES
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> APIClient:
    """Return an administrator with five of everything."""
    client = client_as("admin")
    user = client.user
    webhooks.relay(now=timezone.now())
    with transaction.atomic():
        for number in range(5):
            notices.notify([user], "system", title="Hello", key=f"{number}")
            mail.queue(
                "overdue", to=f"{number}@example.com", language="en", context=SAMPLES["overdue"], key=f"{number}"
            )
            WebhookEndpoint.objects.create(user=user, url=f"https://example.com/{number}")
            flags.raise_flag(CustomerFactory().pk, kind="vip", reason="Known.", by=user)
    webhooks.relay(now=timezone.now())
    return client


@pytest.mark.parametrize(
    ("path", "rows"),
    [("notifications/", 5), ("emails/", 5), ("webhooks/", 5), ("webhook-deliveries/", 25), ("events/", 5)],
)
def test_a_list_costs_two_queries(admin: APIClient, path: str, rows: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = admin.get(f"/api/v1/{path}").json()["data"]

    assert (len(found), len(queries)) == (rows, 2)  # the log-in, the rows


def test_the_bell_costs_one_query_beside_the_log_in(admin: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert admin.get("/api/v1/notifications/unread-count/").json()["unread"] == 5
    assert len(queries) == 2


@pytest.mark.parametrize("page", ["notices/", "notifications/email/", "notifications/webhookendpoint/"])
def test_a_page_of_the_admin_costs_the_same_with_more_rows(page: str) -> None:
    user, counts = UserFactory(role="admin"), []
    client = Client()
    client.force_login(user)
    client.get(f"/admin/{page}")
    for number in (1, 2, 3, 4):
        with transaction.atomic():
            notices.notify([user], "system", title="Hello", key=f"{number}")
            mail.queue("overdue", to="a@example.com", language="en", context=SAMPLES["overdue"], key=f"{number}")
        WebhookEndpoint.objects.create(user=UserFactory(), url=f"https://example.com/{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/admin/{page}")
        counts.append(len(queries))

    assert counts[1:] == counts[1:2] * 3
    assert counts[-1] <= 12

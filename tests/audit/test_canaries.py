"""No secret and no full number of a document leaves where it belongs (domain.md §4, 9, 12 and 13).

Canaries are sent through the API, the admin and commands; then every table, log line and answer is searched.
"""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import links
from accounts.models import User
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as, client_of

pytestmark = pytest.mark.django_db

PASSWORD = "Kanarinac-geslo-1"
NEXT = "Kanarinac-geslo-2"
LINKED = "Kanarinac-geslo-3"
WRONG = "Kanarinac-geslo-4"
TYPED = "Kanarinac-geslo-5"
LICENCE, PASSPORT, PERSONAL = "KANLIC48151623", "KANPAS42108642", "KANPER97531864"
NUMBERS = {LICENCE, PASSPORT, PERSONAL}
BODY = {
    "name": "Amra Hodžić",
    "licence_number": LICENCE,
    "licence_country": "BA",
    "licence_issued_on": "2020-01-01",
    "licence_expires_on": "2035-01-01",
    "passport_number": PASSPORT,
    "personal_id": PERSONAL,
    "birth_date": "1990-05-17",
}


class Refused(Exception):
    pass


class Flown:
    """What was answered to whom, and which secrets are about."""

    def __init__(self) -> None:
        self.secrets = {PASSWORD, NEXT, LINKED, WRONG, TYPED}
        self.answers: list[str] = []

    def keep(self, response: Any, *, secret: str = "") -> Any:
        """Keep the answer; `secret` names what it alone may show, once."""
        text = response.content.decode(errors="replace")
        if secret:
            self.secrets.add(response.json()[secret])
            text = text.replace(response.json()[secret], "")
        self.answers.append(text)
        return response


def through_accounts(flown: Flown) -> None:
    admin = client_as("admin")
    body = {"username": "zlatan", "email": "zlatan@fleet.test", "roles": ["agent"], "password": PASSWORD}
    user = User.objects.get(pk=flown.keep(admin.post("/api/v1/users/", body)).json()["id"])
    token = "/api/v1/auth/token/"
    flown.keep(APIClient().post(token, {"username": "zlatan", "password": WRONG}))
    flown.keep(APIClient().post(token, {"username": TYPED, "password": WRONG}))
    pair = APIClient().post(token, {"username": "zlatan", "password": PASSWORD}).json()
    flown.secrets |= {pair["access"], pair["refresh"]}
    change = {"old_password": PASSWORD, "new_password": NEXT}
    flown.keep(client_of(user).post("/api/v1/auth/password/change/", change))
    flown.keep(APIClient().post(f"{token}refresh/", {"refresh": pair["refresh"]}))
    flown.keep(admin.post("/api/v1/api-keys/", {"name": "Site", "user": str(user.pk)}), secret="key")
    flown.keep(APIClient().get("/api/v1/cars/", headers={"X-API-Key": f"fd_live_{TYPED}"}))
    flown.keep(APIClient().get("/api/v1/cars/", headers={"Authorization": f"Bearer {TYPED}"}))
    link = links.address("password_reset", user.pk, now=timezone.now()).rstrip("/").rpartition("/")[2]
    flown.secrets.add(link)
    flown.keep(admin.post(f"/api/v1/users/{user.pk}/invite/"))
    flown.keep(APIClient().post("/api/v1/auth/password/reset/", {"email": user.email}))
    flown.keep(
        APIClient().post("/api/v1/auth/password/reset/confirm/", {"token": link, "new_password": LINKED}),
    )
    flown.secrets |= set(User.objects.exclude(password="").values_list("password", flat=True))


def through_the_admin(flown: Flown) -> None:
    browser = Client()
    browser.post(reverse("admin:login"), {"username": "zlatan", "password": WRONG})
    flown.keep(browser.post(reverse("admin:login"), {"username": TYPED, "password": WRONG}))
    browser.post(reverse("admin:login"), {"username": "zlatan", "password": LINKED})
    flown.secrets.add(browser.session.session_key or "no session")
    flown.keep(browser.get(reverse("admin:index")))


def through_commands(flown: Flown) -> None:
    out = io.StringIO()
    call_command("api_key", "create", "Site", "--user", "zlatan", stdout=out, stderr=io.StringIO())
    flown.secrets.add(out.getvalue().split()[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(PASSWORD))
        with pytest.raises(CommandError):
            call_command("user_add", "zlatan", "--role", "agent", "--password-stdin", stderr=io.StringIO())


def through_customers(flown: Flown) -> None:
    agent, viewer = client_as("agent"), client_as("viewer")
    pk = agent.post("/api/v1/customers/", BODY).json()["id"]
    flown.keep(agent.post("/api/v1/customers/", BODY))  # the numbers are taken
    address = f"/api/v1/customers/{pk}/"
    agent.patch(address, {"notes": f"Papers: {PASSPORT}"}, headers={"If-Match": "*"})
    for where in (address, "/api/v1/customers/", f"{address}history/", f"/api/v1/customers/?q={LICENCE}"):
        flown.keep(viewer.get(where))
    boss = UserFactory(role="manager")
    browser = Client()
    browser.force_login(boss)
    browser.post(reverse("admin:customers_customer_change", args=[pk]), {**BODY, "name": "Amra H."})
    contract = given.booked(by=boss)
    contract.notes = f"Passport {PASSPORT}"
    contract.save(update_fields=["notes"])
    given.active(by=boss)
    for where in ("/api/v1/audit/", "/api/v1/events/", f"/api/v1/contracts/{contract.pk}/history/"):
        flown.keep(client_as("auditor").get(where))


@pytest.fixture
def flown(caplog: pytest.LogCaptureFixture) -> Flown:
    found = Flown()
    with caplog.at_level(logging.INFO):
        for journey in (through_accounts, through_the_admin, through_commands, through_customers):
            journey(found)
    return found


def rows() -> Iterator[tuple[str, str]]:
    """Yield every row of every table as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(one)::text FROM "{table}" one')  # noqa: S608
            yield from ((table, text) for (text,) in cursor)


def holding(canaries: set[str]) -> set[str]:
    return {table for table, text in rows() if any(canary in text for canary in canaries)}


def test_no_table_has_a_secret_or_a_number_that_does_not_belong_there(flown: Flown) -> None:
    hashes = {one for one in flown.secrets if one.startswith(("argon2", "pbkdf2", "md5$"))}
    assert len(flown.secrets) >= 11
    assert LogEntry.objects.count() > 30
    assert holding(hashes) == {"accounts_user"}
    # The keys of browsers' sessions are kept so that they can be ended.
    assert holding(flown.secrets - hashes) <= {"accounts_browsersession", "django_session"}
    assert holding({LICENCE, PERSONAL}) == {"customers_customer"}
    assert holding({PASSPORT}) == {"customers_customer", "contracts_contract"}  # somebody typed it into the notes


def test_no_log_line_and_no_answer_has_a_secret_or_a_number(flown: Flown, caplog: pytest.LogCaptureFixture) -> None:
    canaries = flown.secrets | NUMBERS
    written = [caplog.handler.format(record) for record in caplog.get_records("setup")]  # tracebacks too
    assert len(written) > 5
    assert [line for line in written if any(canary in line for canary in canaries)] == []
    # The log-in form shows again what was typed into the field for the name.
    told = [text for text in flown.answers if any(one in text for one in canaries - {TYPED})]
    assert [text[:300] for text in told] == []


def book_and_give_up() -> None:
    with transaction.atomic():
        given.booked(by=given.manager())
        assert Event.objects.exists()
        assert LogEntry.objects.filter(content_type__model="contract").exists()
        raise Refused


def test_a_change_its_entry_and_its_event_live_and_die_together() -> None:
    with pytest.raises(Refused):
        book_and_give_up()
    assert not Event.objects.exists()
    assert not LogEntry.objects.exists()

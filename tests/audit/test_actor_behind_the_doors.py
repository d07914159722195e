"""Whoever acts, and through whichever door: the entry says so."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from cars.models import Branch
from fleet.actor import acting_as, current, current_user
from fleet.celery import app
from fleet.management.base import Counts, FleetCommand
from fleet.observability import request_id
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_with
from tests.factories.customers import CustomerFactory
from tests.waiting import until

pytestmark = pytest.mark.django_db
BODY = {"name": "Amra Hodžić"}


@shared_task(name="tests.open_branch")
def open_branch(code: str) -> None:
    Branch.objects.create(code=code, name=code)


def entry_of(model: str) -> LogEntry:
    return LogEntry.objects.filter(content_type__model=model, action=LogEntry.Action.CREATE).latest("id")


def test_a_shell_acts_for_nobody() -> None:
    CustomerFactory()
    entry = entry_of("customer")
    assert (entry.actor, entry.additional_data) == (None, {"door": ""})


def test_a_token_acts_for_its_owner_through_the_api() -> None:
    client = client_as("agent")
    assert client.post("/api/v1/customers/", BODY).status_code == 201
    entry = entry_of("customer")
    assert (entry.actor, entry.additional_data["door"]) == (client.user, "api")
    assert entry.actor_email == client.user.email


def test_a_key_acts_for_its_account_and_names_itself() -> None:
    issued = ApiKeyFactory.issued()
    assert client_with(issued.plain).post("/api/v1/customers/", BODY).status_code == 201
    entry = entry_of("customer")
    assert (entry.actor, entry.additional_data["door"]) == (issued.key.user, f"key:{issued.key.prefix}")


def test_the_request_id_ties_entries_to_the_request() -> None:
    client = client_as("agent")
    client.post("/api/v1/customers/", BODY, headers={"X-Request-Id": "counter-17-request"})
    assert entry_of("customer").cid == "counter-17-request"


@pytest.mark.parametrize("claimed", ["garbage", "999.1.1.1, ' OR 1=1", "\x7f", ",,,"])
def test_a_forged_forwarding_header_neither_breaks_nor_is_believed(claimed: str) -> None:
    client = client_as("agent")
    answer = client.post("/api/v1/customers/", BODY, headers={"X-Forwarded-For": claimed})
    assert answer.status_code == 201
    assert entry_of("customer").remote_addr == "127.0.0.1"


def test_the_admin_acts_for_whoever_is_logged_in() -> None:
    clerk, client = UserFactory(role="agent"), Client()
    client.force_login(clerk)
    body = {"customer": CustomerFactory().pk, "kind": "note", "level": "", "reason": "Calls in the morning."}
    assert client.post("/admin/customers/flag/add/", body).status_code == 302
    entry = entry_of("flag")
    assert (entry.actor, entry.additional_data["door"], entry.remote_addr) == (clerk, "admin", "127.0.0.1")


def test_the_actor_of_one_request_does_not_leak_into_the_next() -> None:
    client_as("agent").post("/api/v1/customers/", BODY)
    assert current_user() is None
    assert APIClient().post("/api/v1/customers/", BODY).status_code == 401


def test_a_task_acts_for_nobody_through_the_door_that_bears_its_name() -> None:
    clerk = UserFactory()
    with acting_as(clerk, door="admin"):
        open_branch.apply(args=["SJJ"])
        assert (current().user, current().door) == (clerk, "admin")
    entry = entry_of("branch")
    assert (entry.actor, entry.additional_data["door"]) == (None, "celery:tests.open_branch")


class Opening(FleetCommand):
    def work(self, **options: Any) -> Counts:
        open_branch("SJJ")
        return {"opened": 1}


def test_a_command_acts_for_nobody_through_the_door_that_bears_its_name() -> None:
    call_command(Opening())
    entry = entry_of("branch")
    assert (entry.actor, entry.additional_data["door"]) == (None, "command:test_actor_behind_the_doors")
    assert entry.cid


def test_a_command_called_for_a_person_acts_for_that_person() -> None:
    clerk = UserFactory()
    with acting_as(clerk, door="admin"):
        call_command(Opening())
    assert entry_of("branch").actor == clerk


@pytest.mark.django_db(transaction=True)
def test_a_task_on_a_worker_carries_on_the_request_id() -> None:
    with start_worker(app, pool="solo", perform_ping_check=False), request_id.under("counter-17-request"):
        open_branch.delay("SJJ")
        until(Branch.objects.exists)
    entry = entry_of("branch")
    assert (entry.cid, entry.additional_data["door"]) == ("counter-17-request", "celery:tests.open_branch")


def test_nested_bindings_restore_the_outer_actor() -> None:
    boss, clerk = UserFactory(), UserFactory()
    with acting_as(boss, door="admin"):
        with acting_as(clerk):
            assert (current_user(), current().door) == (clerk, "admin")
        assert current_user() == boss


def test_an_anonymous_visitor_is_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with acting_as(request.user):
        assert current_user() is None

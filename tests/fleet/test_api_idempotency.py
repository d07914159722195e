"""A POST that is sent twice has one effect."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import idempotency
from accounts.models import IdempotentAnswer
from cars.models import Branch
from tests.factories.accounts import client_as, client_of
from tests.fleet.world import BranchViewSet

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]
ORDER = {"at": "2026-12-04T16:00:00Z", "amount": "10.00"}


@pytest.fixture
def client() -> APIClient:
    return client_as("manager")


def order(client: APIClient, key: str = "k-1", body: Any = ORDER, query: str = "") -> Any:
    return client.post(f"/api/v1/branches/order/{query}", body, HTTP_IDEMPOTENCY_KEY=key)


def test_the_same_request_again_gets_the_same_answer_and_has_no_effect(client: APIClient) -> None:
    first, second = order(client), order(client)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert not first.has_header("Idempotency-Replayed")
    assert second["Idempotency-Replayed"] == "true"
    assert second["Content-Type"] == first["Content-Type"]
    assert Branch.objects.count() == 1


def test_a_created_object_keeps_its_location_and_etag(client: APIClient) -> None:
    body = {"code": "sa", "name": "Sarajevo"}
    first, second = (client.post("/api/v1/branches/", body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))

    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])


def test_a_key_in_quotes_is_the_same_key(client: APIClient) -> None:
    order(client, "k-1")

    assert order(client, '"k-1"')["Idempotency-Replayed"] == "true"


def test_another_body_under_the_same_key_is_refused(client: APIClient) -> None:
    order(client)

    response = order(client, body={**ORDER, "amount": "11.00"})

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_two_users_may_use_the_same_key(client: APIClient) -> None:
    order(client)
    order(client_as("manager"))

    assert Branch.objects.count() == 2


def test_without_a_key_every_request_counts(client: APIClient) -> None:
    for _ in range(2):
        client.post("/api/v1/branches/order/", ORDER)

    assert Branch.objects.count() == 2
    assert not IdempotentAnswer.objects.exists()


def test_a_domains_no_is_kept(client: APIClient) -> None:
    first, second = (client.post("/api/v1/branches/refuse/", {}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))

    assert (first.status_code, first.json()["code"], first.json()["amount"]) == (409, "occupied", "1.50")
    assert second["Idempotency-Replayed"] == "true"
    assert second["Content-Type"] == "application/problem+json"
    assert not Branch.objects.exists()


def test_a_validation_failure_is_not_kept_so_the_key_serves_the_corrected_request(client: APIClient) -> None:
    assert order(client, body={**ORDER, "amount": "much"}).status_code == 422

    assert order(client).status_code == 201


def test_a_crash_leaves_neither_effect_nor_key(client: APIClient) -> None:
    BranchViewSet.crashes.append(RuntimeError("the cable was pulled"))
    client.raise_request_exception = False

    assert order(client).status_code == 500

    assert not Branch.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert order(client).status_code == 201


def test_a_refused_permission_does_not_take_the_key() -> None:
    client = client_as("viewer")

    assert client.post("/api/v1/branches/", {}, HTTP_IDEMPOTENCY_KEY="k").status_code == 403
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "x" * 256, '""'])
def test_a_key_that_is_none_is_refused(client: APIClient, key: str) -> None:
    response = order(client, key)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_invalid")


def test_while_the_first_request_runs_the_second_is_told_to_wait(client: APIClient) -> None:
    first = order(client)
    IdempotentAnswer.objects.update(status=None, body=None)

    response = order(client)

    assert first.status_code == 201
    assert (response.status_code, response.json()["code"]) == (409, "request_in_progress")
    assert response["Retry-After"] == "1"


def test_a_claim_of_a_dead_server_may_be_taken_over_and_cannot_be_kept_by_the_dead(client: APIClient) -> None:
    dead = idempotency.claim(client.user, "k-1", "x")
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(minutes=3))

    assert order(client).status_code == 201
    assert not idempotency.keep(dead, idempotency.Stored(200, b""))


def test_a_server_that_was_taken_over_rolls_its_effect_back(client: APIClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "keep", lambda claim, answer: False)

    response = order(client)

    assert (response.status_code, response.json()["code"]) == (409, "request_in_progress")
    assert not Branch.objects.exists()


def test_secrets_of_an_answer_are_not_stored(client: APIClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(BranchViewSet, "shown_once", ("secret",))

    first, second = order(client), order(client)

    assert first.json()["secret"] == "s3cret"
    assert second.json() == {**first.json(), "secret": None}
    assert b"s3cret" not in bytes(IdempotentAnswer.objects.get().body)


def test_old_answers_are_purged_and_their_keys_are_free_again(client: APIClient) -> None:
    order(client)
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=49))

    assert not order(client).has_header("Idempotency-Replayed")
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=49))
    assert idempotency.purge(now=timezone.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_have_one_effect(client: APIClient) -> None:
    clients = [client_of(client.user) for _ in range(16)]

    def attempt(one: APIClient) -> int:
        try:
            status: int = order(one).status_code
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(attempt, clients))

    assert Branch.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert 201 in statuses

"""What is done at hot addresses goes a short way through Django: the same answers, the same refusals."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.models import User
from contracts.models import Contract
from fleet.bench.server import serving
from tests.door.conftest import Served
from tests.door.test_both_floors import ODD, bearer, credentials
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
CONTRACTS = "/api/v1/contracts/"
_ANY = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|R-\d{4}-\d{6}|\d{4}-\d\d-\d\dT[\d:.]+Z?|[A-Z]\d\d-[A-Z]-\d{3}")
_OF_ONE_ANSWER = {"date", "x-request-id", "ratelimit", "etag", "location", "content-length"}


@pytest.fixture
def floors() -> Iterator[tuple[Served, Served]]:
    """One server with the lane and one without, over the same rows."""
    shape: dict[str, Any] = {"workers": 1, "threads": 2, "probe": "/livez", "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", **shape) as lane, serving("fleet.asgi", **shape, FLEET_LANE="off") as django:
        yield Served(*lane), Served(*django)


def booking(car: Any = None, **more: Any) -> dict[str, Any]:
    start = timezone.now() + timedelta(days=2)
    car = car or given.rentable_car()
    return {
        "car": str(car.pk),
        "start_at": start.isoformat(),
        "end_at": (start + timedelta(days=1)).isoformat(),
        **more,
    }


def told(
    served: Served, headers: dict[str, str], body: Any, path: str = CONTRACTS
) -> tuple[int, dict[str, str], bytes]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer, said = served.get(path, "POST", raw, **{"Content_Type": "application/json", **headers})
    kept = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in _OF_ONE_ANSWER}
    shown = (
        _ANY.sub(b"*", said) if answer.status != 201 else b" ".join(sorted(one.encode() for one in json.loads(said)))
    )
    return answer.status, kept, shown


def test_both_floors_say_the_same_to_everyone_who_books(floors: tuple[Served, Served]) -> None:
    for who, headers in credentials().items():
        bodies = [booking() for _ in range(3)]
        answers = [told(floors[0], headers, body) for body in bodies[:2]] + [told(floors[1], headers, bodies[2])]
        assert answers == answers[:1] * 3, who
        assert answers[0][0] == {"nobody": 401, "liar": 401, "mechanic": 403, "viewer": 403}.get(who, 201)
    assert Contract.objects.count() == 6


def test_both_floors_refuse_in_the_same_words(floors: tuple[Served, Served]) -> None:
    headers = credentials()["manager"]
    taken = booking()
    assert told(floors[0], headers, taken)[0] == 201
    wrong: list[tuple[Any, str]] = [
        (taken, CONTRACTS),
        ({**booking(), "price": "1.00"}, CONTRACTS),
        (booking(car=given.manager()), CONTRACTS),
        (b"{", CONTRACTS),
        ({}, f"{CONTRACTS}{given.manager().pk}/check-out/"),
        ({}, f"{CONTRACTS}{Contract.objects.get().pk}/check-out/"),
        ({}, f"{CONTRACTS}{Contract.objects.get().pk}/no-such-step/"),
        ({}, f"{CONTRACTS}{Contract.objects.get().pk}/"),
    ]
    statuses = []
    for body, path in wrong:
        expected = told(floors[1], headers, body, path)
        assert [told(floors[0], headers, body, path) for _ in range(2)] == [expected] * 2, (body, path)
        statuses.append(expected[0])
    assert statuses[0] == 409
    assert set(statuses[1:]) <= {400, 404, 405, 422}


def test_both_floors_say_the_same_to_odd_requests(floors: tuple[Served, Served]) -> None:
    headers = credentials()["manager"]
    odd_ones = [odd for odd in ODD if "Idempotency_Key" not in odd]  # a key is one effect: see below
    for odd in (*odd_ones, {"Content_Type": "application/xml"}, {"If_Match": '"7"'}):
        expected = told(floors[1], headers | odd, booking())
        assert told(floors[0], headers | odd, booking()) == expected, odd


def test_a_repeated_key_has_one_effect_on_both_floors(floors: tuple[Served, Served]) -> None:
    headers = credentials()["manager"] | {"Idempotency_Key": "only-once-please"}
    body = json.dumps(booking()).encode()
    answers = [floor.get(CONTRACTS, "POST", body, Content_Type="application/json", **headers)[1] for floor in floors]

    assert answers[0] == answers[1]
    assert Contract.objects.count() == 1


def test_a_log_in_that_ends_books_nothing_more(floors: tuple[Served, Served]) -> None:
    user = UserFactory(role="manager")
    headers = bearer(user)
    assert [told(floors[0], headers, booking())[0] for _ in range(2)] == [201, 201]
    tokens.revoke_all(user, now=timezone.now(), reason="test")

    assert told(floors[0], headers, booking())[0] == 401
    assert Contract.objects.count() == 2


def test_a_role_that_is_taken_away_books_nothing_more(floors: tuple[Served, Served]) -> None:
    user: User = UserFactory(role="manager")
    headers = bearer(user)
    assert [told(floors[0], headers, booking())[0] for _ in range(2)] == [201, 201]
    user.groups.clear()

    assert told(floors[0], headers, booking())[0] == 403


def test_every_booking_is_counted_once() -> None:
    headers = bearer(UserFactory(role="manager"))
    with serving("fleet.asgi", workers=1, threads=2, probe="/livez", FLEET_RATES="user=3/1m") as found:
        served = Served(*found)
        answers = [
            served.get(CONTRACTS, "POST", json.dumps(booking()).encode(), Content_Type="application/json", **headers)[0]
            for _ in range(5)
        ]
    assert [answer.status for answer in answers] == [201] * 3 + [429] * 2
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers[:3]] == [f"r={n}" for n in (2, 1, 0)]
    assert Contract.objects.count() == 3

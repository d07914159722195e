"""Django and the read lane say the same, byte for byte, to everyone; what is written is seen by the next reader."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.utils import timezone

from accounts import keys, tokens
from accounts.models import User
from cars.models import Branch, Car
from contracts.models import Contract
from customers.models import Customer
from fleet.bench.server import serving
from fleet.compression import LEAST
from tests.door.conftest import Served
from tests.factories import contracts as given
from tests.factories.accounts import ApiKeyFactory, UserFactory
from tests.factories.cars import CarFactory

pytestmark = pytest.mark.django_db(transaction=True)
_CHANGING = {"date", "x-request-id", "ratelimit"}


@pytest.fixture
def floors() -> Iterator[tuple[Served, Served]]:
    """One server with the lane and one without, over the same rows."""
    shape: dict[str, Any] = {"workers": 1, "threads": 2, "probe": "/livez", "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", **shape) as lane, serving("fleet.asgi", **shape, FLEET_LANE="off") as django:
        yield Served(*lane), Served(*django)


@pytest.fixture
def lane() -> Iterator[Served]:
    with serving("fleet.asgi", workers=1, threads=2, probe="/livez", FLEET_METRICS_TOKEN="m") as found:
        yield Served(*found)


def hot() -> list[str]:
    car, customer, contract = Car.objects.first(), Customer.objects.first(), Contract.objects.first()
    assert car
    assert customer
    assert contract
    period = "start=2027-03-01T08:00:00Z&end=2027-03-04T08:00:00Z"
    return [
        *(f"/api/v1/{name}/" for name in ("cars", "customers", "contracts", "categories", "branches", "countries")),
        "/api/v1/cars/?limit=2&sort=-created_at",
        f"/api/v1/cars/availability/?{period}",
        f"/api/v1/cars/{car.pk}/",
        f"/api/v1/branches/{car.branch_id}/",
        f"/api/v1/categories/{car.category_id}/",
        f"/api/v1/customers/{customer.pk}/",
        f"/api/v1/contracts/{contract.pk}/",
        f"/api/v1/cars/{customer.pk}/",  # there is none
        "/api/v1/cars/?colour=red",  # no such parameter
    ]


def credentials() -> dict[str, dict[str, str]]:
    roles = ("manager", "mechanic", "viewer")
    people = {role: tokens.open_session(UserFactory(role=role), now=timezone.now()).access for role in roles}
    integrator = ApiKeyFactory.issued()
    return {
        **{role: {"Authorization": f"Bearer {token}"} for role, token in people.items()},
        "integrator": {"X_API_Key": integrator.plain},
        "nobody": {},
        "liar": {"Authorization": f"Bearer {people['viewer'][:-2]}xx"},
    }


def said(served: Served, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    answer, body = served.get(path, **headers)
    kept = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in _CHANGING}
    own = re.sub(rb'"request_id":\s*"[^"]+"', b"", body)
    links = {name: value.replace(str(served.port), "PORT") for name, value in kept.items()}
    return (
        answer.status,
        {name: value for name, value in links.items() if name != "content-length"},
        own.replace(str(served.port).encode(), b"PORT"),
    )


def opened(answer: tuple[int, dict[str, str], bytes]) -> bytes:
    """Return the body as it was before it was compressed; only what is a kilobyte or more is."""
    undo: dict[str, Any] = {"gzip": gzip.decompress, "br": brotli.decompress}
    encoding = answer[1].get("content-encoding")
    assert encoding or len(answer[2]) < LEAST
    return bytes(undo[encoding](answer[2])) if encoding else answer[2]


def test_both_floors_say_the_same_to_everyone(floors: tuple[Served, Served]) -> None:
    given.confirmed(by=given.manager())
    served, plain = floors
    for who, headers in credentials().items():
        for path in hot():
            expected = said(plain, path, headers)
            for turn in ("first", "kept", "anew", "by another"):
                other = {"anew": {"X_Asked": "1"}, "by another": {"User_Agent": "b", "X_Asked": "2"}}.get(turn, {})
                assert said(served, path, headers | other) == expected, f"{who} {path} {turn}"
            tag = {"If_None_Match": expected[1].get("etag", '"none"')}
            unchanged = said(plain, path, headers | tag)
            assert [said(served, path, headers | tag) for _ in range(2)] == [unchanged, unchanged]
            for encoding in ({"Accept_Encoding": "gzip"}, {"Accept_Encoding": "br"}):
                small = said(plain, path, headers | encoding)
                turns = ({}, {}, {"X_Asked": "3"})
                assert [said(served, path, headers | encoding | one) for one in turns] == [small] * 3, f"{who} {path}"
                assert opened(small) == expected[2]
    assert hits(served) > 40
    assert filled(served, "event_loop") > 60


ODD: tuple[dict[str, str], ...] = (
    {"Accept": "application/json"},
    {"Accept": "text/html"},
    {"Accept": "application/json; indent=4"},
    {"Accept_Language": "bs"},
    {"Cookie": "django_language=bs"},
    {"Origin": "https://example.org"},
    {"Range": "bytes=0-9"},
    {"If_Modified_Since": "Wed, 25 Nov 2026 09:00:00 GMT"},
    {"X_Forwarded_For": "10.9.8.7", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "example.org"},
    {"Forwarded": "for=10.9.8.7;proto=https;host=example.org"},
    {"X_HTTP_Method_Override": "DELETE"},
    {"Content_Type": "text/plain"},
    {"Prefer": "return=minimal", "TE": "trailers", "DNT": "1", "Pragma": "no-cache", "Cache_Control": "no-cache"},
    {"Referer": "https://example.org/", "Sec_Fetch_Site": "cross-site", "Upgrade_Insecure_Requests": "1"},
    {"Idempotency_Key": "0123456789abcdef"},
    {"Host": "evil.example.org"},
)


def test_both_floors_say_the_same_to_odd_requests(floors: tuple[Served, Served]) -> None:
    given.confirmed(by=given.manager())
    served, plain = floors
    headers = credentials()["manager"]
    for path in hot()[1:12:3]:
        said(served, path, headers)
        for odd in ODD:
            expected = said(plain, path, headers | odd)
            turns = [said(served, path, headers | odd | {"X_Asked": str(n)}) for n in range(2)]
            assert turns == [expected] * 2, f"{path} {odd}"
    assert filled(served, "event_loop") >= 15


def test_who_may_see_one_thing_is_refused_another_by_both(floors: tuple[Served, Served]) -> None:
    """The loop knows the credential and the question, each from somebody's good answers: together they are refused."""
    given.confirmed(by=given.manager())
    served, plain = floors
    people = credentials()
    for path in hot():
        for who in people:
            said(served, path, people[who])
    for number, path in enumerate(hot()):
        for who, headers in people.items():
            assert said(served, path, headers | {"X_Asked": str(number)}) == said(plain, path, headers), f"{who} {path}"


def test_pages_go_on_where_the_one_before_ended(floors: tuple[Served, Served]) -> None:
    for _ in range(5):
        CarFactory()
    headers = credentials()["manager"]
    for path in ("/api/v1/cars/?limit=2", "/api/v1/cars/?limit=5", "/api/v1/cars/?limit=0", "/api/v1/cars/?limit=x"):
        turns = [said(floor, path, headers | {"X_Asked": str(n)}) for floor in floors for n in range(3)]
        assert turns == turns[:1] * 6
        assert ("link" in turns[0][1]) is (path == "/api/v1/cars/?limit=2")


def reads(served: Served, outcome: str) -> float:
    """Return how many hot reads came to this."""
    body = served.get("/metrics", Authorization="Bearer m")[1].decode()
    found = re.search(rf'fleet_lane_total\{{outcome="{outcome}"\}} ([\d.]+)', body)
    return float(found[1]) if found else 0.0


def filled(served: Served, by: str) -> float:
    """Return how many hot reads that were not kept the event loop or Django has answered."""
    body = served.get("/metrics", Authorization="Bearer m")[1].decode()
    found = re.search(rf'fleet_lane_filled_total\{{by="{by}"\}} ([\d.]+)', body)
    return float(found[1]) if found else 0.0


def hits(served: Served) -> float:
    return reads(served, "hit")


def test_a_hot_read_is_kept_and_its_change_is_seen_at_once(lane: Served) -> None:
    branch, headers = CarFactory().branch, bearer(UserFactory(role="manager"))
    path = f"/api/v1/branches/{branch.pk}/"
    for number in range(5):
        lane.get(path, **headers)
        Branch.objects.filter(pk=branch.pk).update(name=f"Name {number}")
        seen = [lane.get(path, **headers)[1] for _ in range(2)]
        assert all(f"Name {number}".encode() in body for body in seen)
    assert hits(lane) >= 5


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.open_session(user, now=timezone.now()).access}"}


def test_a_credential_that_ends_ends_at_once(lane: Served) -> None:
    Branch.objects.create(code="a", name="A")
    user = UserFactory(role="viewer")
    headers, issued = bearer(user), ApiKeyFactory.issued(role="viewer")
    key = {"X_API_Key": issued.plain}
    path = "/api/v1/branches/"
    assert [lane.get(path, **who)[0].status for who in (headers, headers, key, key)] == [200] * 4
    keys.revoke(issued.key.pk, by=None, now=timezone.now())
    tokens.revoke_all(user, now=timezone.now(), reason="test")
    assert [lane.get(path, **who)[0].status for who in (headers, key)] == [401, 401]


def test_a_role_that_is_taken_away_is_gone_at_once(lane: Served) -> None:
    user = UserFactory(role="viewer")
    headers = bearer(user)
    assert [lane.get("/api/v1/customers/", **headers)[0].status for _ in range(2)] == [200, 200]
    user.groups.clear()
    assert lane.get("/api/v1/customers/", **headers)[0].status == 403


def test_a_key_that_expires_is_not_kept_beyond_its_moment(lane: Served) -> None:
    issued = ApiKeyFactory.issued(role="viewer", expires_at=timezone.now() + timedelta(seconds=3))
    key, statuses = {"X_API_Key": issued.plain}, []
    while (status := lane.get("/api/v1/branches/", **key)[0].status) == 200:
        statuses.append(status)
        assert timezone.now() < issued.key.expires_at + timedelta(seconds=1)
    assert status == 401
    assert len(statuses) > 2


def test_every_request_is_counted_once_on_both_floors() -> None:
    user = UserFactory(role="viewer")
    headers = bearer(user)
    with serving("fleet.asgi", workers=1, threads=2, probe="/livez", FLEET_RATES="user=5/1m") as found:
        served = Served(*found)
        answers = [served.get("/api/v1/branches/", **headers)[0] for _ in range(7)]
    assert [answer.status for answer in answers] == [200] * 5 + [429] * 2
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers[:5]] == [f"r={n}" for n in (4, 3, 2, 1, 0)]
    assert answers[-1].headers["Retry-After"]

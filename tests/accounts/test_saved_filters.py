"""Filters under a name: saved above a list, shown as chips, shared or not, and understood by the API."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import saving
from accounts.models import SavedFilter, User
from fleet.errors import Invalid, NotFound
from tests.factories.accounts import UserFactory, client_as, client_of
from tests.factories.cars import CarFactory
from tests.factories.contracts import active, booked, manager
from tests.factories.customers import CustomerFactory, FlagFactory

pytestmark = pytest.mark.django_db
CARS, CONTRACTS = "cars.car", "contracts.contract"
PAGE = reverse("admin:saved_filters")


@pytest.fixture
def user() -> User:
    return manager()


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(user: User, path: str, slug: str, **params: str) -> Any:
    return client_of(user).get(f"/api/v1/{path}/", {"filter": slug, **params})


def test_a_filter_is_saved_under_a_name_without_its_page(user: User) -> None:
    saved = saving.save(CARS, "?p=3&q=golf&lifecycle__exact=active&e=1", "  Active   Golfs ", by=user)

    assert (saved.name, saved.slug, saved.query) == ("Active Golfs", "active-golfs", "lifecycle__exact=active&q=golf")


def test_the_same_name_gets_a_number_and_tells_nothing_of_others(user: User) -> None:
    slugs = [saving.save(CARS, "q=a", name, by=who).slug for name, who in (("Mine", user), ("mine!", manager()))]

    assert slugs == ["mine", "mine-2"]


def test_it_is_renamed_shared_and_forgotten_and_keeps_its_slug(user: User) -> None:
    saved = saving.save(CARS, "q=a", "Old", by=user)
    changed = saving.revise(saved.pk, name="New", shared=True, by=user)

    assert (changed.name, changed.slug, changed.shared) == ("New", "old", True)
    saving.remove(saved.pk, by=user)
    assert not SavedFilter.objects.exists()


def test_only_its_owner_changes_it_also_when_it_is_shared(user: User) -> None:
    saved = saving.save(CARS, "q=a", "Ours", shared=True, by=user)

    for change in (lambda by: saving.revise(saved.pk, name="x", by=by), lambda by: saving.remove(saved.pk, by=by)):
        with pytest.raises(NotFound):
            change(manager())


@pytest.mark.parametrize(
    ("label", "query", "name"),
    [
        (CARS, "no_such_column=1", "x"),
        (CARS, "branch__id__exact=nonsense", "x"),
        (CARS, "q=a", "  "),
        ("cars.nothing", "q=a", "x"),
        ("auth.permission", "q=a", "x"),
    ],
)
def test_what_filters_nothing_is_not_saved(user: User, label: str, query: str, name: str) -> None:
    with pytest.raises(Invalid):
        saving.save(label, query, name, by=user)


def test_nobody_saves_a_filter_of_a_list_that_he_may_not_see() -> None:
    with pytest.raises(Invalid):
        saving.save("customers.customer", "q=a", "x", by=UserFactory(role="mechanic"))


def test_the_api_applies_it_with_everything_else_that_is_asked(user: User) -> None:
    CarFactory(license_plate="AAA", lifecycle="active")
    CarFactory(license_plate="BBB", lifecycle="out_of_service")
    saving.save(CARS, "lifecycle__exact=active", "Ready", by=user)

    both = found(user, "cars", "ready").json()["data"], found(user, "cars", "ready", q="BBB").json()["data"]

    assert [[one["license_plate"] for one in rows] for rows in both] == [["AAA"], []]


def test_filters_by_what_follows_from_the_clock_work_too(user: User) -> None:
    active(by=user)
    wanted = booked(by=user)
    saving.save(CONTRACTS, "standing=pending&o=-2", "To confirm", by=user)

    assert [one["id"] for one in found(user, "contracts", "to-confirm").json()["data"]] == [str(wanted.pk)]


@pytest.mark.parametrize("slug", ["unknown", "theirs", "x" * 300])
def test_an_unknown_one_or_somebody_elses_is_400(user: User, slug: str) -> None:
    saving.save(CARS, "q=a", "Theirs", by=manager())
    answer = found(user, "cars", slug)

    assert (answer.status_code, answer.json()["code"], answer.json()["parameter"]) == (
        400,
        "invalid_parameter",
        "filter",
    )


def test_one_of_another_list_is_400_and_lists_without_them_know_no_such_parameter(user: User) -> None:
    saving.save(CARS, "q=a", "Cars", by=user)

    assert found(user, "contracts", "cars").status_code == 400
    assert found(user, "notifications", "cars").json()["code"] == "unknown_parameter"


def test_a_shared_one_shows_its_reader_only_what_he_may_see(user: User) -> None:
    person = CustomerFactory(name="Zlatan", phone="+38761222333")
    saving.save("customers.customer", "q=38761222333", "By phone", shared=True, by=user)

    assert [one["id"] for one in found(user, "customers", "by-phone").json()["data"]] == [str(person.pk)]
    assert found(UserFactory(role="viewer"), "customers", "by-phone").json()["data"] == []
    assert found(UserFactory(role="mechanic"), "customers", "by-phone").status_code == 403


@pytest.mark.parametrize(
    ("role", "seen"), [("agent", ["Of cars", "Of Amra"]), ("mechanic", ["Of cars"]), ("integrator", [])]
)
def test_what_is_shared_is_for_staff_that_may_see_the_list(user: User, role: str, seen: list[str]) -> None:
    saving.save(CARS, "q=golf", "Of cars", shared=True, by=user)
    saving.save("customers.customer", "q=Amra", "Of Amra", shared=True, by=user)
    answer = client_as(role).get("/api/v1/saved-filters/")

    assert {one["name"] for one in answer.json()["data"]} == set(seen)


def test_it_costs_two_statements_more_however_many_there_are(user: User) -> None:
    flagged = FlagFactory(blocking=True).customer
    for number in range(5):
        saving.save("customers.customer", "flag=do_not_rent", f"Flagged {number}", by=user)
    client = client_of(user)
    client.get("/api/v1/customers/")

    with CaptureQueriesContext(connection) as plain:
        client.get("/api/v1/customers/")
    with CaptureQueriesContext(connection) as filtered:
        rows = client.get("/api/v1/customers/", {"filter": "flagged-3"}).json()["data"]

    assert [one["id"] for one in rows] == [str(flagged.pk)]
    assert len(filtered) - len(plain) <= 2


def test_the_api_keeps_them_too(user: User) -> None:
    client = client_of(user)
    made = client.post("/api/v1/saved-filters/", {"model": CARS, "name": "Mine", "query": "q=golf"}, format="json")
    address, tag = f"/api/v1/saved-filters/{made.json()['id']}/", {"If-Match": made["ETag"]}
    renamed = client.patch(address, {"name": "Golfs", "shared": True}, format="json", headers=tag)

    assert (made.status_code, made.json()["slug"], renamed.json()["name"]) == (201, "mine", "Golfs")
    others = client_as("agent")
    assert [one["mine"] for one in others.get("/api/v1/saved-filters/", {"model": CARS}).json()["data"]] == [False]
    assert others.delete(address, headers={"If-Match": renamed["ETag"]}).status_code == 404
    assert client.delete(address, headers={"If-Match": renamed["ETag"]}).status_code == 204


def test_chips_stand_above_the_list_and_the_chosen_one_is_marked(user: User) -> None:
    saving.save(CARS, "lifecycle__exact=active", "Ready cars", by=user)
    saving.save(CARS, "q=x", "Secret", by=manager())
    shown = desk(user).get("/admin/cars/car/", {"lifecycle__exact": "active"}).content.decode()

    assert 'href="?" aria-current="true">Ready cars' in shown
    assert "Secret" not in shown
    assert "Save this filter" not in shown


def test_a_new_filter_is_saved_above_the_list_and_the_list_comes_back(user: User) -> None:
    client, fields = desk(user), {"do": "save", "model": CARS, "query": "q=golf", "name": "Golfs", "shared": "on"}
    offered = client.get("/admin/cars/car/", {"q": "golf"}).content.decode()
    answer = client.post(PAGE, fields)

    assert "Save this filter" in offered
    assert answer["Location"] == "/admin/cars/car/?q=golf"
    assert SavedFilter.objects.get().shared


def test_ones_own_are_renamed_and_forgotten_on_one_page(user: User) -> None:
    client, saved = desk(user), saving.save(CARS, "q=a", "Old", shared=True, by=user)
    client.post(PAGE, {"do": "change", "filter": str(saved.pk), "name": "New"})

    assert "?filter=old" in client.get(PAGE).content.decode()
    assert SavedFilter.objects.values_list("name", "shared").get() == ("New", False)
    client.post(PAGE, {"do": "forget", "filter": str(saved.pk)})
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("fields", [{"do": "forget"}, {"filter": "x"}, {"do": "save", "model": "a.b"}, {}])
def test_nonsense_is_answered_in_words(user: User, fields: dict[str, str]) -> None:
    answer = desk(user).post(PAGE, fields, follow=True)

    assert answer.status_code == 200
    assert not SavedFilter.objects.exists()

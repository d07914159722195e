"""Cars in the admin: through the verbs, with every refusal said on the page and never a crash."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import User
from cars.models import Branch, Car, Damage, IssueReport, Occupancy, OdometerReading, ServiceRecord
from tests.cars.world import DAY, NOW, days
from tests.factories.accounts import UserFactory
from tests.factories.cars import (
    BranchFactory,
    CarFactory,
    CategoryFactory,
    DamageFactory,
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OccupancyFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
FACTORIES = (
    BranchFactory,
    CategoryFactory,
    CarFactory,
    InsuranceFactory,
    RegistrationFactory,
    InspectionFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
    IssueReportFactory,
    DamageFactory,
    OccupancyFactory,
    OdometerReadingFactory,
)


def logged_in(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role, username=role))
    return client


@pytest.fixture
def client() -> Client:
    return logged_in("manager")


@pytest.fixture
def manager(client: Client) -> User:
    return User.objects.get(username="manager")


def page(row: Any, step: str = "change") -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    if isinstance(row, type):
        return reverse(f"{name}_{'changelist' if step == 'change' else step}")
    return reverse(f"{name}_change", args=[row.pk]) if step == "change" else reverse(f"{name}_{step}", args=[row.pk])


def moment(name: str, after: float) -> dict[str, str]:
    """Return what the two boxes of a moment, so many days after NOW, send."""
    at = localtime(NOW + after * DAY)
    return {f"{name}_0": f"{at:%d.%m.%Y}", f"{name}_1": f"{at:%H:%M:%S}"}


def text(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


NO_INLINES = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("insurances", "registrations", "inspections", "service_records", "issues", "damages")
    for name in ("TOTAL", "INITIAL")
}


def car_form(car: Car | None = None, **fields: Any) -> dict[str, Any]:
    category, branch = (car.category, car.branch) if car else (CategoryFactory(), BranchFactory())
    return {
        "license_plate": "A12-K-345",
        "manufacturer": "Škoda",
        "model": "Octavia",
        "year": "2024",
        "category": category.pk,
        "branch": branch.pk,
        "fuel_type": "diesel",
        "transmission": "manual",
        "seats": "5",
        "doors": "5",
        **NO_INLINES,
        **fields,
    }


# every page


@pytest.mark.parametrize("factory", FACTORIES)
def test_every_list_and_page_opens_and_searches(client: Client, factory: Any) -> None:
    row = factory()

    assert client.get(page(type(row))).status_code == 200
    assert client.get(page(type(row)), {"q": "a-1 č"}).status_code == 200
    assert client.get(page(type(row), "add")).status_code == 200
    assert client.get(page(row)).status_code == 200
    assert client.get(page(row, "history")).status_code == 200


@pytest.mark.parametrize("role", ["agent", "mechanic", "accountant", "auditor", "viewer"])
def test_every_role_reads_and_only_the_workshop_writes(role: str) -> None:
    client = logged_in(role)
    writes = role == "mechanic"

    for factory in FACTORIES:
        row = factory()
        assert client.get(page(type(row))).status_code == client.get(page(row)).status_code == 200
        workshop = isinstance(row, (ServiceRecord, IssueReport, Damage, Occupancy, OdometerReading))
        added = client.get(page(type(row), "add")).status_code
        assert added == (200 if writes and workshop else 403), f"{role}: {row!r}"


@pytest.mark.parametrize(
    ("field", "factory"), [("car", CarFactory), ("category", CategoryFactory), ("branch", BranchFactory)]
)
def test_relations_are_searched_for(client: Client, field: str, factory: Any) -> None:
    row = factory()
    source = "insurance" if field == "car" else "car"
    query = {"app_label": "cars", "model_name": source, "field_name": field, "term": str(row)[:4]}

    found = client.get(reverse("admin:autocomplete"), query).json()["results"]

    assert [one["id"] for one in found] == [str(row.pk)]


@pytest.mark.parametrize("factory", [IssueReportFactory, DamageFactory, OccupancyFactory, OdometerReadingFactory])
def test_what_lasts_is_not_deleted_even_by_a_superuser(factory: Any) -> None:
    client, row = Client(), factory()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert client.post(page(row, "delete"), {"post": "yes"}).status_code == 403


# cars


def test_a_car_is_added(client: Client, manager: User) -> None:
    response = client.post(page(Car, "add"), car_form(vin="tmbjj7nx0ly000001"))

    car = Car.objects.get()
    assert response.status_code == 302
    assert (car.plate_key, car.vin, car.created_by) == ("A12K345", "TMBJJ7NX0LY000001", manager)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"year": "2028"}, "next year (2027)"),
        ({"license_plate": "b 1"}, "Another car has this plate"),
        ({"vin": "SHORT"}, "A VIN has 17"),
        ({"seats": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_car_that_cannot_be_is_refused_in_the_form(client: Client, fields: dict[str, str], words: str) -> None:
    CarFactory(license_plate="B-1")

    assert words in text(client.post(page(Car, "add"), car_form(**fields)))
    assert Car.objects.count() == 1


def test_two_people_do_not_overwrite_each_other(client: Client) -> None:
    car = CarFactory()
    form = car_form(car, color="red", seen_version="1")

    assert client.post(page(car), form).status_code == 302
    assert "Somebody else has changed this" in text(client.post(page(car), {**form, "color": "blue"}))


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("archive", "active", "archived"),
        ("restore", "archived", "active"),
        ("dispose", "archived", "disposed"),
        ("withdraw", "active", "out_of_service"),
        ("offer_for_sale", "active", "for_sale"),
        ("activate", "for_sale", "active"),
    ],
)
def test_a_car_goes_through_its_life_by_buttons(client: Client, step: str, before: str, after: str) -> None:
    car = CarFactory(lifecycle=before)
    shown = text(client.get(page(car)))

    assert step.replace("_", "-") in shown
    assert client.get(button(car, step)).status_code == 200
    car.refresh_from_db()
    assert car.lifecycle == before
    assert client.post(button(car, step)).status_code == 302
    car.refresh_from_db()
    assert car.lifecycle == after


def button(row: Any, step: str) -> str:
    """Return the address of a step's page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{step}", args=[row.pk])


def test_a_car_that_is_taken_is_not_archived_and_the_page_says_why(client: Client) -> None:
    car = OccupancyFactory().car

    assert f"{car.license_plate} is taken" in text(client.post(button(car, "archive")))


def test_the_odometer_is_read_by_a_button(client: Client) -> None:
    car = OdometerReadingFactory(km=1000).car

    assert "at least 1000 km" in text(client.post(button(car, "odometer"), {"km": "999"}))
    assert client.post(button(car, "odometer"), {"km": "1500"}).status_code == 302
    assert Car.objects.get().odometer_km == 1500


def test_a_car_is_blocked_by_a_button(client: Client, manager: User) -> None:
    car = CarFactory()
    form = {"kind": "workshop", "note": "Clutch", **moment("start_at", 1), **moment("end_at", 2)}

    assert client.post(button(car, "block"), form).status_code == 302
    row = Occupancy.objects.get()
    assert (row.period.lower, row.kind, row.created_by) == (NOW + DAY, "workshop", manager)
    assert "is taken in this period" in text(client.post(button(car, "block"), form))


def test_an_issue_is_reported_by_a_button(client: Client, manager: User) -> None:
    client.post(button(CarFactory(), "report"), {"title": "Brakes", "severity": "critical"})

    issue = IssueReport.objects.get()
    assert (issue.restriction, issue.reported_by) == ("grounded", manager)


def test_a_mechanic_sees_the_buttons_of_the_workshop_only() -> None:
    shown = text(logged_in("mechanic").get(page(CarFactory())))

    assert all(f"/{step}/" in shown or f"/{step}" in shown for step in ("odometer", "block", "report"))
    assert "/archive" not in shown


# the ledger


def occupancy_form(car: Car, first: float, last: float, **fields: Any) -> dict[str, Any]:
    return {"car": car.pk, "kind": "block", "note": "", **moment("start_at", first), **moment("end_at", last), **fields}


def test_days_are_taken_in_the_admin(client: Client, manager: User) -> None:
    response = client.post(page(Occupancy, "add"), occupancy_form(CarFactory(), 1, 2))

    row = Occupancy.objects.get()
    assert response.status_code == 302
    assert (row.period.lower, row.period.upper, row.created_by) == (NOW + DAY, NOW + 2 * DAY, manager)


def test_a_clash_is_a_message_and_never_a_crash(client: Client) -> None:
    there = OccupancyFactory(period=days(1, 3).as_range(), kind="rental")

    shown = text(client.post(page(Occupancy, "add"), occupancy_form(there.car, 2, 4, note="Typed")))

    assert "is taken in this period" in shown
    assert 'value="Typed"' in shown
    assert Occupancy.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (moment("end_at", 0.5), "after the start"),
        (moment("end_at", 900), "At most 366 days"),
        ({"kind": "rental"}, "Select a valid choice"),
        ({"start_at_0": "30.02.2026"}, "valid date"),
        # the clocks jump from 02:00 to 03:00
        ({"start_at_0": "28.03.2027", "start_at_1": "02:30:00"}, "Europe/Sarajevo"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_the_form(client: Client, fields: dict[str, str], words: str) -> None:
    assert words in text(client.post(page(Occupancy, "add"), occupancy_form(CarFactory(), 1, 2, **fields)))
    assert not Occupancy.objects.exists()


def test_days_are_moved_in_the_admin(client: Client) -> None:
    row = OccupancyFactory(period=days(1, 3).as_range())
    OccupancyFactory(car=row.car, period=days(5, 6).as_range())
    form = occupancy_form(row.car, 1, 4, note="Longer", seen_version="1")

    assert client.post(page(row), form).status_code == 302
    row.refresh_from_db()
    assert (row.period.upper, row.note, row.version) == (NOW + 4 * DAY, "Longer", 2)
    assert "is taken in this period" in text(
        client.post(page(row), {**form, **moment("end_at", 6), "seen_version": "2"})
    )


def test_saving_without_a_change_changes_nothing(client: Client) -> None:
    row = OccupancyFactory(period=days(1, 3).as_range())

    assert client.post(page(row), occupancy_form(row.car, 1, 3, seen_version="1")).status_code == 302
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.parametrize("fields", [{"kind": "rental"}, {"released_at": NOW}])
def test_rentals_and_released_days_are_only_shown(client: Client, fields: dict[str, Any]) -> None:
    row = OccupancyFactory(period=days(1, 3).as_range(), **fields)

    assert "start_at_0" not in text(client.get(page(row)))
    assert client.post(page(row), occupancy_form(row.car, 1, 9)).status_code == 403


def test_days_are_released_by_a_button(client: Client) -> None:
    row = OccupancyFactory(period=days(1, 3).as_range())

    assert client.post(button(row, "release")).status_code == 302
    assert "released already" in text(client.post(button(row, "release")))


# readings, services, issues, damages


def test_a_reading_is_added_and_one_that_does_not_fit_is_a_message(client: Client) -> None:
    car = CarFactory()

    assert client.post(page(OdometerReading, "add"), {"car": car.pk, "km": "1000"}).status_code == 302
    assert Car.objects.get().odometer_km == 1000
    assert "at least 1000 km" in text(client.post(page(OdometerReading, "add"), {"car": car.pk, "km": "999"}))


def test_a_reading_is_corrected_by_a_button(client: Client) -> None:
    wrong = OdometerReadingFactory(km=90_000)

    assert client.post(button(wrong, "correct"), {"km": "9000", "reason": "Typing"}).status_code == 302
    assert OdometerReading.objects.valid().get().corrects == wrong
    assert "corrected already" in text(client.post(button(wrong, "correct"), {"km": "1", "reason": "Typing"}))


def test_a_reading_is_never_changed(client: Client) -> None:
    assert client.post(page(OdometerReadingFactory()), {"km": "1"}).status_code == 403


def service_form(car: Car, **fields: Any) -> dict[str, Any]:
    entered = {"service_date": "23.11.2026", "odometer_km": "10000", "service_type": "oil", "cost": "150"}
    return {"car": car.pk, **entered, **fields}


def test_a_service_also_reads_the_odometer(client: Client) -> None:
    car = CarFactory()

    assert client.post(page(ServiceRecord, "add"), service_form(car)).status_code == 302
    assert Car.objects.get().odometer_km == 10_000
    refused = text(
        client.post(page(ServiceRecord, "add"), service_form(car, odometer_km="1", service_date="24.11.2026"))
    )
    assert "1 km does not fit" in refused


def test_a_service_is_corrected_together_with_its_reading(client: Client) -> None:
    car = CarFactory()
    client.post(page(ServiceRecord, "add"), service_form(car, odometer_km="100000"))
    done = ServiceRecord.objects.get()

    response = client.post(page(done), service_form(car, seen_version="1"))

    assert response.status_code == 302
    assert Car.objects.get().odometer_km == 10_000


def test_an_issue_goes_from_report_to_file(client: Client, manager: User) -> None:
    form = {"car": CarFactory().pk, "title": "Brakes", "severity": "low", "restriction": ""}
    assert client.post(page(IssueReport, "add"), form).status_code == 302
    issue = IssueReport.objects.get()

    client.post(page(issue), {**form, "severity": "critical", "restriction": "none", "seen_version": "1"})
    client.post(button(issue, "start"))
    assert "This field is required" in text(client.post(button(issue, "resolve"), {"resolution": " "}))
    client.post(button(issue, "resolve"), {"resolution": "Pads", "actual_cost": "80"})
    client.post(button(issue, "close"))

    issue.refresh_from_db()
    assert (issue.restriction, issue.status, issue.resolved_by) == ("grounded", "closed", manager)
    assert client.post(page(issue), form).status_code == 403


def test_a_damage_is_repaired_by_a_button(client: Client) -> None:
    damage = DamageFactory()

    assert client.post(button(damage, "repair"), {"repair_cost": "99.90"}).status_code == 302
    damage.refresh_from_db()
    assert damage.repaired_at == NOW
    assert "repaired already" in text(client.post(button(damage, "repair"), {}))


def test_a_branch_with_cars_is_not_deleted(client: Client) -> None:
    branch = CarFactory().branch

    client.post(page(branch, "delete"), {"post": "yes"})

    assert Branch.objects.exists()

"""manage.py doctor: one line per question, and the command that repairs what is wrong."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import sealing
from fleet import checkup
from notifications.models import Email
from tests.audit.test_seal import tamper
from tests.factories import contracts as given
from tests.factories.cars import BranchFactory, OccupancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _guarded() -> None:
    """Switch on what tests that commit need off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE auditlog_logentry ENABLE TRIGGER audit_entry_is_not_emptied")
        cursor.execute("ALTER TABLE audit_seal ENABLE TRIGGER audit_seal_is_not_emptied")


def spoil(*statements: str) -> None:
    """Do what no verb does, when all that is deferred has been checked."""
    tamper("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED", *statements)


def doctor(*options: str) -> tuple[int, str]:
    said = io.StringIO()
    try:
        call_command("doctor", *options, stdout=said, stderr=io.StringIO())
    except CommandError as error:
        return error.returncode, said.getvalue()
    return 0, said.getvalue()


def found(room: str, name: str) -> checkup.Finding:
    (finding,) = [one.finding for one in checkup.answers((room,)) if one.name == name]
    return finding


@pytest.mark.parametrize("room", ["config", "database", "data", "trail", "queues"])
def test_a_house_in_order_has_nothing_broken(room: str) -> None:
    given.closed(by=given.manager())
    code, said = doctor("--only", room)
    assert (code in (0, 3), "FAIL" in said) == (True, False), said


def test_services_that_answer_are_in_order() -> None:
    states = {one.name: one.finding.state for one in checkup.answers(("services",))}
    assert states["redis"] == "ok"


def test_one_object_with_every_answer() -> None:
    code, said = doctor("--json", "--only", "database,trail")
    told = json.loads(said)
    assert (code, told["command"], len(told["checks"])) == (0, "doctor", told["counts"]["checks"])
    assert set(told["checks"][0]) == {"room", "name", "state", "text", "repair", "ms"}


def test_an_unknown_room_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="--only"):
        call_command("doctor", "--only", "kitchen")


def test_a_service_that_is_down_is_a_warning_and_says_what_to_do(settings: Any) -> None:
    settings.MAILERS = {"default": {"OPTIONS": {"host": "127.0.0.1", "port": 1}}}
    finding = found("services", "mail")
    assert (finding.state, "SMTP_URL" in finding.repair) == ("warning", True)


def test_without_workers_the_doctor_says_how_to_start_one() -> None:
    assert found("services", "workers").repair == "celery -A fleet worker"


def test_a_question_that_fails_is_broken_and_the_rest_is_asked(settings: Any) -> None:
    settings.FLEET_DOCTOR = {"x": ["tests.fleet.test_doctor.FAILING"]}
    code, said = doctor()
    assert code == 1
    assert "ZeroDivisionError" in said
    assert "fine" in said


def _fails() -> checkup.Finding:
    raise ZeroDivisionError("division by zero\nsecond line")


FAILING = {"bad": _fails, "good": lambda: checkup.ok("fine")}


def test_a_guard_that_is_off_is_named_with_its_repair() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_is_final")
    finding = found("database", "guards")
    assert finding.repair == "psql -c 'ALTER TABLE audit_seal ENABLE TRIGGER audit_seal_is_final'"


def test_migrations_that_wait_are_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name LIKE '0005%'")
    assert found("config", "migrations").repair == "manage.py migrate"


def test_a_total_that_is_not_the_sum_is_found() -> None:
    contract = given.booked(by=given.manager())
    spoil(f"UPDATE contracts_contract SET total = total + 1 WHERE id = '{contract.pk}'")  # noqa: S608
    assert contract.reference in found("data", "contract total is sum").text


def test_an_active_contract_without_a_car_is_found() -> None:
    contract = given.active(by=given.manager())
    spoil(f"UPDATE contracts_assignment SET closed_at = now() WHERE contract_id = '{contract.pk}'")  # noqa: S608
    assert contract.reference in found("data", "contract has one car").text


def test_overlaps_are_found_once_the_constraint_is_gone() -> None:
    one = OccupancyFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE cars_occupancy DROP CONSTRAINT occupancy_no_overlap")
        cursor.execute("UPDATE cars_occupancy SET period = tstzrange(now(), now() + interval '1 day')")
    OccupancyFactory(car=one.car, period=type(one).objects.get().period)
    assert found("data", "overlaps").state == "broken"


def test_a_rental_without_a_contract_is_found() -> None:
    contract = given.booked(by=given.manager())
    spoil(
        "UPDATE cars_occupancy SET period = tstzrange(now(), now() + interval '1 day')",
        f"DELETE FROM contracts_assignment WHERE contract_id = '{contract.pk}'",  # noqa: S608
    )
    assert found("data", "orphan occupancies").state == "broken"


def test_letters_that_are_late_or_given_up_are_found() -> None:
    past = timezone.now() - timedelta(hours=1)
    Email.objects.create(key="a", to="a@fleet.test", template="x", language="en", next_try_at=past)
    Email.objects.create(
        key="b", to="a@fleet.test", template="x", language="en", next_try_at=past, status=Email.Status.FAILED
    )
    assert found("queues", "letters").state == found("queues", "given up").state == "warning"


def test_holds_that_nobody_expires_are_found() -> None:
    given.booked(by=given.manager())
    spoil("UPDATE contracts_contract SET hold_expires_at = now() - interval '1 hour'")
    assert found("queues", "holds").state == "warning"


def test_a_trail_that_is_not_sealed_or_not_as_sealed_is_found() -> None:
    assert found("trail", "newest seals").state == "ok"
    BranchFactory()
    spoil("UPDATE auditlog_logentry SET timestamp = timestamp - interval '1 day'")
    assert found("trail", "sealing").repair.startswith("manage.py audit_seal")
    sealing.seal(now=datetime(2026, 11, 24, tzinfo=UTC))
    assert found("trail", "sealing").state == found("trail", "newest seals").state == "ok"
    spoil("UPDATE auditlog_logentry SET cid = 'x'")
    assert found("trail", "newest seals").state == "broken"


def test_every_question_has_a_name_and_a_room() -> None:
    assert {one.room for one in checkup.answers()} == set(settings.FLEET_DOCTOR)

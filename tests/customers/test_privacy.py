"""Known twice, merged, told what is kept, forgotten: what becomes of a person's data."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection

from contracts import agreement
from contracts.models import Contract
from customers import duplicates, erasure, exporting, merging, scans
from customers.errors import DifferentLicences, ErasureWaits, Gone, PossibleDuplicate
from customers.models import Customer
from files import uploads
from files.models import File
from fleet.storage import bucket
from notifications.models import Email, Notification
from tests.factories import contracts as given
from tests.factories.contracts import NOW
from tests.factories.customers import CustomerFactory, DocumentFactory, FlagFactory
from tests.factories.files import attached
from tests.files import samples

pytestmark = pytest.mark.django_db
NAME = "Žarko Đurđević-Ćosić"


def scanned(customer: Customer) -> File:
    """Give the customer a scan whose bytes are in the bucket."""
    by = given.manager()
    file = uploads.receive(samples.picture(), "licence.jpg", by=by)
    uploads.attach(DocumentFactory(customer=customer), [file.pk], by=by)
    return file


def found(**known: Any) -> list[tuple[str, ...]]:
    return [one.reasons for one in duplicates.candidates(known, Customer.objects.all())]


# Known already?


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({"phone": "+38761999888"}, [("phone",)]),
        ({"licence_number": " ab 123 "}, [("licence",)]),
        ({"passport_number": "p77"}, [("passport",)]),
        ({"email": "ZARKO@example.com"}, [("email",)]),
        ({"name": "Zarko Djurdjevic-Cosic"}, []),
        ({"name": "Zarko Durdevic Cosic", "phone": "+38761999888"}, [("phone", "name")]),
        ({"name": "zarko đurdevic-cosic"}, [("name",)]),
        ({"name": NAME, "birth_date": date(1971, 1, 1)}, []),
        ({"name": "Emina Kovač"}, []),
        ({}, []),
    ],
)
def test_whoever_shares_a_number_or_a_similar_name_is_a_candidate(known: Any, reasons: Any) -> None:
    shared = {"phone": "+38761999888", "licence_number": "AB123", "passport_number": "P77"}
    CustomerFactory(name=NAME, email="zarko@example.com", **shared)
    CustomerFactory(name="Somebody Else")

    assert found(**known) == reasons


def test_the_same_number_needs_a_second_look_and_a_name_alone_does_not() -> None:
    known = CustomerFactory(name=NAME, personal_id="1705990123456")
    with pytest.raises(PossibleDuplicate) as refused:
        duplicates.require_new({"name": "X", "personal_id": "1705990123456"}, Customer.objects.all())
    duplicates.require_new({"name": NAME}, Customer.objects.all())

    assert refused.value.data["candidates"] == [{"id": str(known.pk), "reasons": ["personal_id"]}]


# Two that are one.


def test_everything_goes_to_the_one_that_is_kept() -> None:
    by = given.manager()
    kept, gone = CustomerFactory(phone="", licence_number=""), CustomerFactory(verified=True, phone="+38761123456")
    paid, driven = given.booked(by=by, customer=gone), given.booked(by=by, driver_ids=(gone.pk,))
    DocumentFactory(customer=gone), FlagFactory(customer=gone)
    _, moved = merging.merge(kept.pk, gone.pk, by=by, now=NOW)

    assert moved == {"documents": 1, "flags": 1, "contracts": 1, "drives": 1}
    assert Contract.objects.get(pk=paid.pk).customer == kept
    assert list(driven.drivers.all()) == [kept]
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.phone, kept.licence_number, gone.status, gone.merged_into) == (
        "+38761123456",
        gone.licence_number,
        "merged",
        kept,
    )


def test_merging_again_moves_what_came_since_and_nothing_else() -> None:
    by, kept, gone = given.manager(), CustomerFactory(licence_number=""), CustomerFactory()
    merging.merge(kept.pk, gone.pk, by=by, now=NOW)
    FlagFactory(customer=gone)

    assert merging.merge(kept.pk, gone.pk, by=by, now=NOW)[1]["flags"] == 1
    assert merging.merge(kept.pk, gone.pk, by=by, now=NOW)[1]["flags"] == 0


def test_two_licences_are_two_people_unless_said_otherwise() -> None:
    by, kept, gone = given.manager(), CustomerFactory(), CustomerFactory()
    with pytest.raises(DifferentLicences):
        merging.merge(kept.pk, gone.pk, by=by, now=NOW)
    merging.merge(kept.pk, gone.pk, by=by, now=NOW, different_licences=True)

    with pytest.raises(Gone):
        merging.merge(gone.pk, CustomerFactory().pk, by=by, now=NOW, different_licences=True)


def test_a_merger_is_on_record() -> None:
    by, kept, gone = given.manager(), CustomerFactory(licence_number=""), CustomerFactory()
    merging.merge(kept.pk, gone.pk, by=by, now=NOW)
    entry: Any = LogEntry.objects.filter(object_pk=str(gone.pk), action=LogEntry.Action.UPDATE).latest("pk")

    assert (entry.actor, entry.changes["status"]) == (by, ["active", "merged"])


# What is kept of a person.


def test_the_archive_holds_data_scans_and_agreements() -> None:
    customer = CustomerFactory(verified=True, name=NAME)
    contract = given.active(by=given.manager(), customer=customer)
    scanned(customer)
    with exporting.archive(customer) as made, zipfile.ZipFile(made) as archive:
        names, index = archive.namelist(), archive.read("index.html").decode()
        told = {name: json.loads(archive.read(f"data/{name}.json")) for name in ("customer", "contracts", "letters")}
        pdf = archive.read(f"agreements/{contract.reference}-1.pdf")

    assert told["customer"][0]["name"] == NAME
    assert (told["contracts"][0]["reference"], told["contracts"][0]["total"]) == (contract.reference, "120.00")
    assert told["letters"][0]["template"] == "booking_confirmed"
    assert pdf == agreement.pdf(contract.agreements.get())
    assert [name for name in names if name.startswith("documents/1-licence_front-")]
    assert NAME in index


def test_an_export_is_on_record() -> None:
    customer = CustomerFactory()
    exporting.archive(customer).close()
    entry: Any = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")

    assert (entry.object_pk, entry.additional_data["of"]) == (str(customer.pk), "customer_data")


def test_customer_export(tmp_path: Path) -> None:
    call_command("customer_export", str(CustomerFactory().pk), output=tmp_path / "a.zip")

    assert zipfile.is_zipfile(tmp_path / "a.zip")
    with pytest.raises(CommandError, match="no customer"):
        call_command("customer_export", "01939b3a-7c00-7000-8000-000000000000", output=tmp_path / "b.zip")


# Forgotten.


def gone_for_good(customer: Customer) -> None:
    erasure.erase(customer.pk, by=given.manager(), now=NOW)
    customer.refresh_from_db()


@pytest.fixture
def former() -> Customer:
    """Somebody who rented once, with everything that leaves traces."""
    customer: Customer = CustomerFactory(verified=True, name=NAME, notes="Likes tea", email="zarko@example.com")
    given.closed(by=given.manager(), customer=customer, notes=f"{NAME} comes late")
    FlagFactory(customer=customer, reason=f"{NAME} shouts")
    user = given.manager()
    Notification.objects.create(user=user, kind="x", title=f"The licence of {NAME} ends", key="1")
    digest = {"items": [[f"The licence of {NAME} ends", "soon"]]}
    Email.objects.create(key="digest:1", to="boss@fleet.test", template="digest", context=digest, next_try_at=NOW)
    return customer


def test_after_an_erasure_the_name_stands_in_no_table_but_the_signed_agreement(
    former: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    file = scanned(former)
    with django_capture_on_commit_callbacks(execute=True):
        gone_for_good(former)

    assert (former.status, former.name, former.licence_number, former.birth_date) == (
        "anonymised",
        f"Erased {str(former.pk)[-8:]}",
        "",
        None,
    )
    assert tables_with(NAME) == {"contracts_agreement"}
    assert tables_with("zarko@example.com") == {"contracts_agreement"}
    with pytest.raises(FileNotFoundError):
        bucket().fetch(file.key)


def tables_with(text: str) -> set[str]:
    """Return the tables in which the text stands anywhere, asked of the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row[0] for row in cursor.fetchall()]
        holding = set()
        for name in names:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}" t WHERE t::text ILIKE %s)', [f"%{text}%"])  # noqa: S608
            if cursor.fetchone() == (True,):
                holding.add(name)
    return holding


def test_the_plan_says_what_goes_what_stays_and_why_and_does_nothing(former: Customer) -> None:
    plan = erasure.plan(former)

    assert plan.goes["letters"] >= 2
    assert plan.goes["notes and places on contracts"] == 1
    assert {one.what for one in plan.stays} == {"contracts", "agreements", "flags", "the audit trail"}
    assert all(one.why for one in plan.stays)
    assert Customer.objects.get(pk=former.pk).name == NAME


@pytest.mark.parametrize("state", ["booked", "confirmed", "active", "returned"])
def test_an_open_contract_lets_an_erasure_wait(state: str) -> None:
    contract = getattr(given, state)(by=given.manager())
    with pytest.raises(ErasureWaits, match=contract.reference):
        erasure.erase(contract.customer.pk, by=given.manager(), now=NOW)

    assert Customer.objects.get(pk=contract.customer.pk).status == "active"


def test_an_open_contract_of_a_driver_lets_an_erasure_wait() -> None:
    driver = given.driver()
    given.booked(by=given.manager(), driver_ids=(driver.pk,))

    with pytest.raises(ErasureWaits):
        gone_for_good(driver)


def test_what_was_merged_into_him_is_erased_with_him() -> None:
    by, kept, gone = given.manager(), CustomerFactory(licence_number=""), CustomerFactory(name=NAME)
    merging.merge(kept.pk, gone.pk, by=by, now=NOW)
    kept.refresh_from_db()
    gone_for_good(kept)

    assert "customers_customer" not in tables_with(NAME)


def test_who_is_erased_is_not_erased_merged_or_flagged_again(former: Customer) -> None:
    gone_for_good(former)
    with pytest.raises(Gone):
        gone_for_good(former)
    with pytest.raises(Gone):
        merging.merge(former.pk, CustomerFactory().pk, by=given.manager(), now=NOW)


def test_customer_erase_dry_run_changes_nothing_and_tells_all(former: Customer) -> None:
    told = io.StringIO()
    call_command("customer_erase", str(former.pk), dry_run=True, stderr=told)

    assert re.search(r"stays: 1 contracts – bookkeeping", told.getvalue())
    assert Customer.objects.get(pk=former.pk).name == NAME
    call_command("customer_erase", str(former.pk))
    assert Customer.objects.get(pk=former.pk).status == "anonymised"


def test_customer_erase_says_why_it_waits() -> None:
    contract = given.booked(by=given.manager())

    with pytest.raises(CommandError, match="still open"):
        call_command("customer_erase", str(contract.customer.pk))


# Scans.


def days_after(contract: Contract, days: int) -> datetime:
    ended = Contract.objects.get(pk=contract.pk).ended_at
    assert ended is not None
    return ended + timedelta(days=days)


def test_scans_go_so_many_days_after_the_last_contract_and_only_once() -> None:
    contract = given.closed(by=given.manager())
    document = DocumentFactory(customer=contract.customer)
    type(document).objects.filter(pk=document.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    attached(document)

    assert [scans.purge(now=days_after(contract, days)) for days in (1, 89, 90, 91)] == [0, 0, 1, 0]
    document.refresh_from_db()
    assert document.purge_after == days_after(contract, 90).date()


def test_an_open_contract_keeps_the_scans() -> None:
    customer, by = given.driver(), given.manager()
    contract = given.closed(by=by, customer=customer)
    attached(DocumentFactory(customer=customer))
    given.booked(by=by, driver_ids=(customer.pk,))

    assert scans.purge(now=days_after(contract, 900)) == 0


def test_purge_scans_tries_without_doing() -> None:
    attached(DocumentFactory())
    call_command("purge_scans", on=NOW + timedelta(days=365), dry_run=True)
    assert File.objects.count() == 1
    call_command("purge_scans", on=NOW + timedelta(days=365))

    assert File.objects.count() == 0

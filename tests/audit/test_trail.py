"""What a change leaves in the audit trail."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cars.models import Branch, Category
from customers.models import Customer
from fleet.errors import Stale
from tests.factories.customers import CustomerFactory, FlagFactory

pytestmark = pytest.mark.django_db


def entries(instance: models.Model) -> list[LogEntry]:
    return list(LogEntry.objects.filter(object_pk=str(instance.pk)).order_by("id"))


def last_changes(instance: models.Model) -> dict[str, list[object]]:
    return entries(instance)[-1].changes


def category() -> Category:
    return Category.objects.create(code="eco", name="Economy", daily_rate=Decimal("40.00"), deposit=Decimal("200.00"))


def test_a_new_row_tells_what_it_began_with() -> None:
    branch = Branch.objects.create(code="SJJ", name="Sarajevo", time_zone="Europe/Sarajevo")
    entry = entries(branch)[0]
    assert entry.action == LogEntry.Action.CREATE
    assert entry.changes["name"] == [None, "Sarajevo"]
    assert not {"id", "created_at", "updated_at", "version", "created_by", "phone"} & set(entry.changes)


def test_a_change_tells_before_and_after_of_what_changed() -> None:
    row = category()
    row = Category.objects.get(pk=row.pk)
    row.daily_rate = Decimal("45.50")
    row.save()
    assert last_changes(row) == {"daily_rate": ["40.00", "45.50"]}


def test_a_second_change_begins_where_the_first_ended() -> None:
    row = category()
    for rate in ("41.00", "42.00"):
        row.daily_rate = Decimal(rate)
        row.save(update_fields=["daily_rate"])
    assert [entry.changes for entry in entries(row)[1:]] == [
        {"daily_rate": ["40.00", "41.00"]},
        {"daily_rate": ["41.00", "42.00"]},
    ]


def test_saving_without_a_change_writes_no_entry() -> None:
    row = category()
    Category.objects.get(pk=row.pk).save()
    assert len(entries(row)) == 1


def test_the_same_value_in_another_type_is_no_change() -> None:
    row = Category.objects.get(pk=category().pk)
    row.daily_rate = "40"  # type: ignore[assignment]
    row.save()
    assert len(entries(row)) == 1


def test_update_fields_bounds_what_is_told() -> None:
    row = category()
    row.daily_rate, row.name = Decimal(1), "Other"
    row.save(update_fields=["name"])
    assert last_changes(row) == {"name": ["Economy", "Other"]}


def test_a_deferred_column_that_is_overwritten_is_told_with_its_old_value() -> None:
    row = Category.objects.only("code").get(pk=category().pk)
    row.name = "Compact"
    row.save(update_fields=["name"])
    assert last_changes(row) == {"name": ["Economy", "Compact"]}


def test_a_refreshed_row_remembers_the_refreshed_values() -> None:
    row = category()
    Category.objects.filter(pk=row.pk).update(name="Renamed", version=2)
    row.refresh_from_db()
    row.name = "Again"
    row.save()
    assert last_changes(row) == {"name": ["Renamed", "Again"]}


def test_an_update_costs_one_statement_beside_itself() -> None:
    row = Category.objects.get(pk=category().pk)
    row.name = "Compact"
    with CaptureQueriesContext(
        connection,
    ) as caught:
        row.save()
    assert [one["sql"].split()[0] for one in caught if "SAVEPOINT" not in one["sql"]] == ["UPDATE", "INSERT"]


def test_a_lost_update_leaves_no_entry() -> None:
    row = category()
    mine, theirs = Category.objects.get(pk=row.pk), Category.objects.get(pk=row.pk)
    theirs.name = "Theirs"
    theirs.save()
    mine.name = "Mine"
    with pytest.raises(Stale), transaction.atomic():
        mine.save()
    assert [entry.changes.get("name") for entry in entries(row)] == [[None, "Economy"], ["Economy", "Theirs"]]


def test_a_deleted_row_tells_what_it_held() -> None:
    row = category()
    pk = row.pk
    row.delete()
    entry = LogEntry.objects.get(object_pk=str(pk), action=LogEntry.Action.DELETE)
    assert entry.changes["daily_rate"] == ["40.00", None]


def test_references_are_told_by_id_and_instants_in_utc() -> None:
    flag = FlagFactory()
    user = User.objects.create(username="clerk")
    flag.cleared_at, flag.cleared_by = datetime(2026, 12, 1, 9, 30, tzinfo=UTC), user
    flag.save()
    assert last_changes(flag) == {"cleared_at": [None, "2026-12-01T09:30:00Z"], "cleared_by": [None, str(user.pk)]}


def test_numbers_of_papers_are_kept_by_their_end_only() -> None:
    customer = CustomerFactory(licence_number="AB12345678", passport_number="P99887766", personal_id="1705990170001")
    kept = entries(customer)[0].changes
    assert kept["licence_number"] == [None, "•••5678"]
    assert kept["passport_number"] == [None, "•••7766"]
    assert kept["personal_id"] == [None, "•••0001"]


def test_contact_data_is_masked_and_birth_date_and_address_are_hidden() -> None:
    customer = CustomerFactory(phone="+38761222333", email="amra@example.com", birth_date=date(1990, 5, 17))
    kept = entries(customer)[0].changes
    assert kept["phone"] == [None, "•••2333"]
    assert kept["email"] == [None, "a•••@example.com"]
    assert kept["birth_date"] == kept["address"] == [None, "•••"]


def test_no_entry_of_a_customer_holds_a_full_number() -> None:
    customer = CustomerFactory(licence_number="SECRET-LICENCE-1", vat_number="SECRET-VAT-42")
    customer.licence_number = "SECRET-LICENCE-2"
    customer.save()
    customer = Customer.objects.get(pk=customer.pk)
    customer.delete()
    assert not any("SECRET" in str(entry.changes) for entry in LogEntry.objects.all())


def test_a_new_password_is_told_as_a_fact_without_its_hash() -> None:
    user = User.objects.create_user("clerk", password="correct-horse-battery")
    user.set_password("another-horse-battery")
    user.save()
    assert last_changes(user) == {"password": ["•••", "•••"]}
    assert not any(user.password in str(entry.changes) for entry in entries(user))


def test_a_role_given_or_taken_is_an_entry_of_the_user_from_either_side() -> None:
    user, role = User.objects.create(username="clerk"), Group.objects.get(name="agent")
    user.groups.add(role)
    role.user_set.remove(user)
    assert [entry.changes for entry in entries(user)[1:]] == [
        {"groups": [[], [str(role.pk)]]},
        {"groups": [[str(role.pk)], []]},
    ]


def test_clearing_a_relation_tells_only_what_was_there() -> None:
    user, role = User.objects.create(username="clerk"), Group.objects.get(name="agent")
    user.groups.add(role)
    user.groups.clear()
    assert last_changes(user) == {"groups": [[str(role.pk)], []]}

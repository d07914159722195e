"""Writes of a unit of work wait for its end, and nobody can tell."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cars.models import Branch, Car, Category
from contracts.models import ReferenceCounter
from fleet.actor import verb
from fleet.db import unit, writes
from fleet.db.writes import Late
from fleet.errors import DomainError, Stale
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CarFactory, CategoryFactory

pytestmark = pytest.mark.django_db


class Refused(Exception):
    pass


def branch(code: str) -> Branch:
    return unit.insert(Branch(code=code, name=code), {"branch_code_once": lambda: DomainError(code="taken")})


def rename(row: Branch, name: str) -> None:
    row.name = name
    unit.update(row, "name")


def give_up(work: Callable[[], object]) -> None:
    """Do the work in a savepoint and take it back."""
    with suppress(Refused), transaction.atomic():
        work()
        raise Refused


def codes() -> list[str]:
    return list(Branch.objects.order_by("code").values_list("code", flat=True))


def test_inserts_updates_and_their_entries_are_one_statement() -> None:
    category = CategoryFactory()
    with CaptureQueriesContext(connection) as caught, transaction.atomic(), unit.gathered():
        branch("A"), branch("B")
        category.name = "Renamed"
        unit.update(category, "name")

    written = [one["sql"] for one in caught if not one["sql"].startswith("SELECT")]  # which content types there are
    assert [sql.split()[0] for sql in written] == ["SAVEPOINT", "WITH", "RELEASE"]
    assert codes() == ["A", "B"]
    assert Category.objects.get(pk=category.pk).name == "Renamed"
    assert list(LogEntry.objects.order_by("-id").values_list("action", flat=True)[:3]) == [1, 0, 0]


def test_a_row_is_signed_and_versioned_as_by_save() -> None:
    @verb
    def open_and_rename(*, by: User) -> Branch:
        found = branch("A")
        rename(found, "Renamed")
        return found

    by = UserFactory()
    made = Branch.objects.get(pk=open_and_rename(by=by).pk)

    assert (made.name, made.version, made.created_by) == ("Renamed", 2, by)
    assert made.updated_at > made.created_at


def test_who_reads_finds_what_was_asked_for_before() -> None:
    with transaction.atomic(), unit.gathered():
        branch("A")
        assert codes() == ["A"]
        branch("B")
        assert Branch.objects.filter(code="B").update(name="Seen") == 1


def test_a_savepoint_takes_back_what_was_asked_for_in_it_and_no_more() -> None:
    with transaction.atomic(), unit.gathered():
        branch("KEPT")
        give_up(lambda: branch("LOST"))
        give_up(lambda: (branch("WRITTEN AND LOST"), codes()))

    assert codes() == ["KEPT"]
    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == ["KEPT"]


def test_a_unit_that_fails_writes_nothing() -> None:
    with suppress(Refused), transaction.atomic(), unit.gathered():
        branch("A")
        raise Refused

    assert codes() == []


def test_a_row_that_somebody_else_saved_is_not_overwritten() -> None:
    mine = BranchFactory(name="Old")
    rename(Branch.objects.get(pk=mine.pk), "Theirs")

    with pytest.raises(Stale), transaction.atomic(), unit.gathered():
        rename(mine, "Mine")

    assert Branch.objects.get(pk=mine.pk).name == "Theirs"


def test_a_constraint_speaks_at_the_end_in_the_words_it_was_given() -> None:
    BranchFactory(code="A")
    with pytest.raises(DomainError) as refused, transaction.atomic(), unit.gathered():
        branch("A")

    assert refused.value.code == "taken"
    assert codes() == ["A"]


def test_rows_make_room_before_others_take_it() -> None:
    old = BranchFactory(code="A")
    with transaction.atomic(), unit.gathered():
        branch("A")
        old.code = "B"
        unit.update(old, "code")

    assert codes() == ["A", "B"]


def test_outside_a_unit_everything_is_written_at_once() -> None:
    rename(branch("A"), "Renamed")

    assert Branch.objects.get(code="A").name == "Renamed"


def numbered(row: Branch) -> Branch:
    """Name the row by what PostgreSQL makes of it when it is written."""
    sql = "INSERT INTO contracts_referencecounter (year, last) VALUES (%s, 7) RETURNING 'No. ' || last"
    unit.make_late(Late("a-token", sql, [1999], lambda made: setattr(row, "name", made)))
    return unit.insert(row)


def test_a_text_that_the_statement_makes_stands_wherever_it_was_meant() -> None:
    with CaptureQueriesContext(connection) as caught, transaction.atomic(), unit.gathered():
        row = numbered(Branch(code="A", name="a-token", address="at a-token, 100 %"))
        unit.add(
            LogEntry(
                content_type_id=ContentType.objects.get_for_model(Branch).pk, action=2, changes={"of": ["a-token"]}
            )
        )

    assert row.name == "No. 7"
    assert list(Branch.objects.values_list("name", "address")) == [("No. 7", "at No. 7, 100 %")]
    assert list(LogEntry.objects.filter(changes__of=["No. 7"])) != []
    assert not LogEntry.objects.filter(changes__icontains="a-token").exists()
    assert sum("referencecounter" in one["sql"] for one in caught) == 1


def test_what_is_made_late_is_not_made_for_a_row_that_was_taken_back() -> None:
    with transaction.atomic(), unit.gathered():
        give_up(lambda: numbered(Branch(code="A", name="a-token")))
        branch("B")

    assert codes() == ["B"]
    assert not ReferenceCounter.objects.filter(year=1999).exists()


def test_a_change_tells_whom_a_row_points_at_also_where_that_was_not_read() -> None:
    car = CarFactory()
    read = Car.objects.only("odometer_km", "version").get(pk=car.pk)

    change = writes.update(read, ["odometer_km"], version=1).change

    assert change is not None
    assert {str(car.pk), str(car.category_id), str(car.branch_id)} <= set(change.ids)

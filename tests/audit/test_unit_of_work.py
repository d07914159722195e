"""Entries of one verb are written together, and only for what remained."""

from collections.abc import Sequence
from contextlib import nullcontext

import pytest
from auditlog.models import LogEntry
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.rules import RULES
from cars.models import Branch
from fleet.actor import acting_as, verb
from fleet.db import unit
from fleet.db.unit import gathered
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CarFactory

pytestmark = pytest.mark.django_db


class Refused(Exception):
    pass


@verb
def open_branches(codes: Sequence[str], *, by: User | None = None) -> None:
    for code in codes:
        Branch.objects.create(code=code, name=code)


@verb
def open_one_and_give_up_another(*, by: User | None = None) -> None:
    open_branches(["KEPT"], by=by)
    try:
        with transaction.atomic():
            open_branches(["LOST"], by=by)
            raise Refused
    except Refused:
        pass


def told() -> list[str]:
    return list(LogEntry.objects.order_by("id").values_list("object_repr", flat=True))


def test_a_verb_writes_its_entries_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as caught:
        open_branches(["A", "B", "C"])
    assert sum("auditlog_logentry" in one["sql"] for one in caught) == 1
    assert told() == ["A", "B", "C"]


def test_what_a_savepoint_took_back_leaves_no_entry() -> None:
    open_one_and_give_up_another()
    assert told() == ["KEPT"]


@verb
def open_one_and_fail(*, by: User | None = None) -> None:
    Branch.objects.create(code="A", name="A")
    raise Refused


def test_a_verb_that_fails_leaves_no_entry() -> None:
    with pytest.raises(Refused):
        open_one_and_fail()
    assert told() == []


def test_entries_carry_the_actor_of_their_own_verb() -> None:
    boss, clerk = (User.objects.create(username=name) for name in ("boss", "clerk"))
    with transaction.atomic(), gathered():
        open_branches(["A"], by=boss)
        open_branches(["B"], by=clerk)
    assert [entry.actor for entry in LogEntry.objects.filter(content_type__model="branch").order_by("id")] == [
        boss,
        clerk,
    ]


def test_without_a_unit_of_work_the_entry_is_written_at_once() -> None:
    Branch.objects.create(code="A", name="A")
    assert told() == ["A"]


@pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::1", None])
def test_an_entry_says_the_same_inside_a_unit_and_outside(address: str | None) -> None:
    user = UserFactory()
    names = ("object_repr", "action", "changes", "additional_data", "actor", "actor_email", "remote_addr", "cid")
    said = []
    for around in (nullcontext(), gathered()):
        with transaction.atomic(), acting_as(user, door="api", address=address), around:
            unit.insert(Branch(code="A", name="Ä “quoted”, 100 %", address="", phone="+387 33 1"))
        said.append(LogEntry.objects.values(*names, "content_type", "serialized_data", "changes_text").latest("id"))
        Branch.objects.all().delete()
    assert said[0] == said[1]
    assert said[0]["changes"]["name"] == [None, "Ä “quoted”, 100 %"]
    assert (said[0]["additional_data"], said[0]["remote_addr"]) == ({"door": "api"}, address)


def test_a_new_row_holds_what_a_comparison_with_nothing_would_find() -> None:
    for row in (BranchFactory(), CarFactory(), UserFactory(phone="+387 33 123")):
        rules = RULES[type(row)]
        assert rules.made(row) == rules.difference(row, row._meta.concrete_fields, {}) != {}

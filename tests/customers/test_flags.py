"""What the counter must know."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from customers import flags
from customers.errors import AlreadyCleared, AlreadyFlagged, Gone
from customers.models import Customer, Flag
from fleet.errors import Invalid, NotFound
from notifications.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, FlagFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def by() -> User:
    return UserFactory(role="agent")


@pytest.mark.parametrize(
    ("kind", "level"),
    [("do_not_rent", "block"), ("fraud", "block"), ("debt", "warn"), ("vip", "info"), ("note", "info")],
)
def test_every_kind_has_its_usual_level(by: User, kind: str, level: str) -> None:
    flag = flags.raise_flag(CustomerFactory().pk, kind=kind, reason="Because.", by=by)
    assert (flag.level, flag.created_by) == (level, by)


def test_the_level_can_be_chosen(by: User) -> None:
    assert flags.raise_flag(CustomerFactory().pk, kind="debt", level="block", reason="Long.", by=by).level == "block"


def test_a_flag_needs_a_reason(by: User) -> None:
    with pytest.raises(Invalid, match="Say why"):
        flags.raise_flag(CustomerFactory().pk, kind="debt", reason="   ", by=by)


def test_one_open_flag_of_a_kind_is_enough(by: User) -> None:
    flag = FlagFactory(blocking=True)
    with pytest.raises(AlreadyFlagged):
        flags.raise_flag(flag.customer_id, kind=flag.kind, reason="Again.", by=by)


def test_notes_may_be_many(by: User) -> None:
    note = FlagFactory()
    assert flags.raise_flag(note.customer_id, kind="note", reason="Another.", by=by).pk != note.pk


def test_a_cleared_flag_may_be_raised_again(by: User) -> None:
    flag = FlagFactory(blocking=True)
    flags.clear_flag(flag.pk, by=by, now=NOW)
    flags.raise_flag(flag.customer_id, kind=flag.kind, reason="Again.", by=by)
    assert Flag.objects.count() == 2
    assert Flag.objects.open().count() == 1


def test_clearing_says_who_and_when_and_only_once(by: User) -> None:
    flag = FlagFactory()
    assert flags.clear_flag(flag.pk, by=by, now=NOW).cleared_by == by
    with pytest.raises(AlreadyCleared):
        flags.clear_flag(flag.pk, by=by, now=NOW)


def test_an_anonymised_customer_gets_no_flag(by: User) -> None:
    customer = CustomerFactory(status=Customer.Status.ANONYMISED)
    with pytest.raises(Gone):
        flags.raise_flag(customer.pk, kind="debt", reason="Owes.", by=by)


def test_a_flag_for_nobody_is_not_found(by: User) -> None:
    with pytest.raises(NotFound):
        flags.raise_flag(UserFactory().pk, kind="debt", reason="Owes.", by=by)


def test_flags_are_events_without_personal_data(by: User) -> None:
    flag = flags.raise_flag(CustomerFactory().pk, kind="debt", reason="Owes Amra 50.", by=by)
    flags.clear_flag(flag.pk, by=by, now=NOW)
    told = Event.objects.order_by("id")
    assert [event.type for event in told] == ["customer.flagged", "customer.flag_cleared"]
    assert not any("Amra" in str(event.payload) for event in told)

"""Reminders: the right person, the right day, exactly once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from accounts.models import User
from fleet import due
from fleet.due import Due, Subject
from notifications import reminders
from notifications.models import Email, Notification, ReminderRule, ReminderSent
from tests.factories.accounts import UserFactory

DAY = date(2026, 12, 1)
CAR, PAPER = uuid4(), uuid4()
SHELF: list[Due] = []


def shelf(*, on: date, within: int, cars: object = None) -> list[Due]:
    return [one for one in SHELF if one.days_left(on) <= within]


def paper(days: int, *, pk: UUID = PAPER, subject: Subject = Subject.INSURANCE, branch: UUID | None = None) -> Due:
    return Due(subject, DAY + timedelta(days=days), "cars.insurance", pk, f"A12-K-345 {pk}", branch, CAR)


@pytest.fixture(autouse=True)
def _shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    SHELF.clear()
    monkeypatch.setattr(due, "_sources", lambda: (shelf,))


@pytest.fixture
def manager(db: None) -> User:
    ReminderRule.objects.all().delete()
    return UserFactory(role="manager", email="mirza@example.com")


def rule(*offsets: int, at_once: bool = False, **fields: object) -> ReminderRule:
    defaults = {"subject": "insurance", "role": "manager"}
    return ReminderRule.objects.create(offsets=list(offsets), at_once=at_once, **{**defaults, **fields})


def test_an_offset_speaks_once_on_the_day_it_is_reached(manager: User) -> None:
    rule(14, 7)
    SHELF.append(paper(14))

    assert [reminders.remind(on=DAY + timedelta(days=day)).found for day in range(-1, 9)] == [
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
    ]


def test_a_day_without_a_run_loses_nothing_and_says_nothing_twice(manager: User) -> None:
    rule(14, 7, 1)
    SHELF.append(paper(14))

    assert reminders.remind(on=DAY + timedelta(days=10)).found == 1
    assert ReminderSent.objects.get().offset == 7


def test_what_was_entered_late_is_said_at_its_latest_offset_only(manager: User) -> None:
    rule(30, 14, 7)
    SHELF.append(paper(5))

    reminders.remind(on=DAY)

    assert [row.offset for row in ReminderSent.objects.all()] == [7]


def test_the_digest_is_one_letter_and_one_notice_a_day(manager: User) -> None:
    rule(7)
    SHELF.extend(paper(7, pk=uuid4()) for _ in range(3))

    reminders.remind(on=DAY)
    reminders.remind(on=DAY)

    letter, notice = Email.objects.get(), Notification.objects.get()
    assert letter.to == manager.email
    assert letter.context["count"] == 3
    assert notice.kind == "digest"
    assert "3" in notice.title


def test_a_blocker_is_said_at_once_and_urgently(manager: User) -> None:
    rule(0, at_once=True)
    SHELF.append(paper(0))

    reminders.remind(on=DAY)

    notice = Notification.objects.get(user=manager)
    assert notice.urgent
    assert (notice.subject, notice.subject_id) == ("cars.insurance", PAPER)
    assert Email.objects.count() == 1


def test_what_is_found_after_the_digest_waits_for_the_next_day(manager: User) -> None:
    rule(7)
    SHELF.append(paper(7))
    reminders.remind(on=DAY)
    SHELF.append(paper(7, pk=uuid4()))

    reminders.remind(on=DAY)
    assert Email.objects.count() == 1
    reminders.remind(on=DAY + timedelta(days=1))

    assert Email.objects.latest("id").context["count"] == 1


def test_a_renewed_paper_cancels_what_is_pending(manager: User) -> None:
    rule(7)
    SHELF.append(paper(6))
    reminders.remind(on=DAY)
    SHELF.append(paper(7, pk=(new := uuid4())))
    reminders.remind(on=DAY)
    assert ReminderSent.objects.pending().get().subject_id == new

    SHELF.pop()
    assert reminders.remind(on=DAY + timedelta(days=1)).cancelled == 1
    assert Email.objects.count() == 1


def test_a_rule_of_a_branch_is_deaf_to_the_others(manager: User) -> None:
    here, there = uuid4(), uuid4()
    rule(7, branch_id=here)
    SHELF.extend((paper(7, branch=here), paper(7, pk=uuid4(), branch=there)))

    assert reminders.remind(on=DAY).found == 1


def test_only_people_of_the_role_are_told(manager: User) -> None:
    UserFactory(role="viewer", email="v@example.com")
    UserFactory(role="manager", email="gone@example.com", is_active=False)
    rule(7)
    SHELF.append(paper(7))

    reminders.remind(on=DAY)

    assert [one.to for one in Email.objects.all()] == [manager.email]


@pytest.mark.django_db(transaction=True)
def test_three_workers_over_thirty_days_say_everything_exactly_once() -> None:
    ReminderRule.objects.all().delete()
    UserFactory(role="manager", email="mirza@example.com")
    rule(30, 14, 7, 1, 0, -1)
    rule(0, -1, at_once=True)
    SHELF.extend(paper(days, pk=uuid4()) for days in range(40))

    def work(day: int) -> None:
        try:
            reminders.remind(on=DAY + timedelta(days=day))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, [day for day in range(30) for _ in range(3)]))

    rows = list(ReminderSent.objects.values_list("rule", "subject_id", "offset", "due_on"))
    assert len(rows) == len(set(rows))
    urgent = list(Notification.objects.filter(urgent=True))
    assert len(urgent) == len({one.key for one in urgent}) == ReminderSent.objects.filter(rule__at_once=True).count()
    assert Email.objects.filter(key__startswith="digest").count() == Notification.objects.filter(kind="digest").count()
    told = sum(one.context["count"] for one in Email.objects.filter(key__startswith="digest"))
    assert told == ReminderSent.objects.filter(rule__at_once=False, told_on__isnull=False).count()


def test_a_day_that_moves_with_the_odometer_is_not_said_again(manager: User) -> None:
    rule(30, 14, subject="service")
    by_km = Due(
        Subject.SERVICE, DAY + timedelta(days=30), "cars.car", CAR, "A12-K-345 · oil at 45 000 km", due_km=45_000
    )
    SHELF.append(by_km)
    assert reminders.remind(on=DAY).found == 1

    SHELF[:] = [replace(by_km, due_on=DAY + timedelta(days=27))]

    assert reminders.remind(on=DAY + timedelta(days=1)).found == 0


def test_the_next_service_is_said_anew(manager: User) -> None:
    rule(30, subject="service")
    by_km = Due(
        Subject.SERVICE, DAY + timedelta(days=30), "cars.car", CAR, "A12-K-345 · oil at 45 000 km", due_km=45_000
    )
    SHELF.append(by_km)
    reminders.remind(on=DAY)

    SHELF[:] = [replace(by_km, due_on=DAY + timedelta(days=99), title="A12-K-345 · oil at 60 000 km", due_km=60_000)]

    assert reminders.remind(on=DAY + timedelta(days=90)).found == 1

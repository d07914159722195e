"""Before it is late: what the rules find due is said once, to whom it concerns, in a digest or at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

from accounts.models import User
from fleet.due import Due, everything, told
from notifications import mail, notices
from notifications.models import ReminderRule, ReminderSent

LONGEST = 60  # a digest names so many; the list in the admin has all


@dataclass
class Outcome:
    found: int = 0
    cancelled: int = 0
    told: int = 0  # notices written


@dataclass(frozen=True)
class Found:
    """A rule, what it speaks of, and the offset that was reached."""

    rule: ReminderRule
    due: Due
    offset: int

    def row(self, on: date) -> ReminderSent:
        return ReminderSent(
            rule=self.rule,
            subject=self.due.label,
            subject_id=self.due.object_id,
            offset=self.offset,
            due_on=self.due.due_on,
            title=self.due.title[:200],
            found_on=on,
            told_on=on if self.rule.at_once else None,
        )


def remind(*, on: date) -> Outcome:
    """Do one day's reminding: find, tell what cannot wait, send the digest. Doing it again does nothing more.

    One run at a time, in one transaction: a second worker waits, and finds that everything is said.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x464C, crc32(b"reminders") - 2**31])
        rules = list(ReminderRule.objects.active())
        dues = everything(on=on, within=_farthest(rules))
        outcome = Outcome(cancelled=_cancel(dues))
        readers = _Readers()
        fresh = _record(_found(rules, dues, on), on)
        outcome.found = len(fresh)
        for found in fresh:
            if found.rule.at_once:
                outcome.told += _tell_at_once(found, readers.of(found.rule), on)
        outcome.told += _digest(dues, readers, on)
    return outcome


def _farthest(rules: Iterable[ReminderRule]) -> int:
    return max((max(rule.offsets) for rule in rules), default=0)


def _found(rules: Sequence[ReminderRule], dues: Iterable[Due], on: date) -> list[Found]:
    by_subject: defaultdict[str, list[ReminderRule]] = defaultdict(list)
    for rule in rules:
        by_subject[rule.subject].append(rule)
    found = []
    for due in dues:
        for rule in by_subject[due.subject]:
            offset = rule.crossed(due.days_left(on))
            if offset is not None and rule.branch_id in (None, due.branch_id):
                found.append(Found(rule, due, offset))
    return found


def _record(found: Sequence[Found], on: date) -> list[Found]:
    """Write what was not said before and return it; the constraint decides, not a look beforehand."""
    rows = {one: one.row(on) for one in _not_said_of_another_day(found)}
    ReminderSent.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=500)
    ours = set(
        ReminderSent.objects.filter(found_on=on, pk__in=[row.pk for row in rows.values()]).values_list("pk", flat=True)
    )
    return [one for one, row in rows.items() if row.pk in ours]


def _not_said_of_another_day(found: Sequence[Found]) -> list[Found]:
    """Leave out what was said: a day projected from the odometer moves with every reading, its title does not."""
    moving = [one.due.object_id for one in found if one.due.due_km is not None]
    earlier = ReminderSent.objects.filter(subject_id__in=moving) if moving else ReminderSent.objects.none()
    said = set(earlier.values_list("rule", "subject_id", "offset", "title"))
    return [
        one
        for one in found
        if one.due.due_km is None or (one.rule.pk, one.due.object_id, one.offset, one.due.title[:200]) not in said
    ]


def _cancel(dues: Iterable[Due]) -> int:
    """Forget what waits for the digest and is not due any more: a renewed paper needs no reminder."""
    still = {(due.object_id, due.due_on) for due in dues}
    gone = [row.pk for row in ReminderSent.objects.pending() if (row.subject_id, row.due_on) not in still]
    return ReminderSent.objects.filter(pk__in=gone).delete()[0]


def _tell_at_once(found: Found, readers: Sequence[User], on: date) -> int:
    one, rule = found.due, found.rule
    key = f"reminder:{rule.pk}:{one.object_id}:{found.offset}:{one.due_on}"
    notices.write(
        readers,
        f"{rule.subject}_due",
        title=_told(one.title),
        text=_said(one.days_left(on)),
        about=(one.label, one.object_id),
        key=key,
        urgent=True,
    )
    for user in readers:
        _send(user, [_item(rule.subject, one.title, one.due_on, on)], key=f"{key}:{user.pk}", on=on)
    return len(readers)


def _digest(dues: Iterable[Due], readers: "_Readers", on: date) -> int:
    """Send each reader one digest of what is pending, once a day; what is found later waits for the next day."""
    if ReminderSent.objects.told_on(on).exists():
        return 0
    pending = list(ReminderSent.objects.pending().select_related("rule"))
    by_reader: defaultdict[UUID, dict[tuple[UUID, date], ReminderSent]] = defaultdict(dict)
    people: dict[UUID, User] = {}
    for row in pending:
        for user in readers.of(row.rule):
            people[user.pk] = user
            by_reader[user.pk].setdefault((row.subject_id, row.due_on), row)
    for pk, rows in by_reader.items():
        items = [_item(row.rule.subject, row.title, row.due_on, on) for row in rows.values()]
        key = f"digest:{pk}:{on}"
        notices.write(
            [people[pk]],
            "digest",
            title=_counted(len(items)),
            text=_listed(items[:LONGEST]),
            about=("", None),
            key=key,
            urgent=False,
        )
        _send(people[pk], items, key=key, on=on)
    ReminderSent.objects.filter(pk__in=[row.pk for row in pending]).update(told_on=on)
    return len(by_reader)


def _send(user: User, items: list[dict[str, str | int]], *, key: str, on: date) -> None:
    if user.email:
        with translation.override(user.language):
            said = [{**item, "title": told(str(item["title"]))} for item in items[:LONGEST]]
        context = {
            "name": str(user),
            "on": f"{on:%d.%m.%Y}",
            "items": said,
            "count": len(items),
            "more": max(0, len(items) - LONGEST),
        }
        mail.queue("digest", to=user.email, language=user.language, context=context, key=key)


def _item(subject: str, title: str, due_on: date, on: date) -> dict[str, str | int]:
    return {"subject": subject, "title": title, "due": f"{due_on:%d.%m.%Y}", "days": (due_on - on).days}


def _in_words(days: int) -> str:
    if days < 0:
        return ngettext("overdue by {days} day", "overdue by {days} days", -days).format(days=-days)
    if days == 0:
        return gettext("due today")
    return ngettext("due in {days} day", "due in {days} days", days).format(days=days)


def _in_count(number: int) -> str:
    return ngettext("{count} thing comes due", "{count} things come due", number).format(count=number)


def _in_lines(items: list[dict[str, str | int]]) -> str:
    return "\n".join(f"{item['due']} · {told(str(item['title']))}" for item in items)


# Each reader's language decides when a notice is written.
_told, _said = lazy(told, str), lazy(_in_words, str)
_counted, _listed = lazy(_in_count, str), lazy(_in_lines, str)


class _Readers:
    """Who has a role; asked once per role."""

    def __init__(self) -> None:
        self._known: dict[str, list[User]] = {}

    def of(self, rule: ReminderRule) -> list[User]:
        if rule.role not in self._known:
            self._known[rule.role] = list(User.objects.active().in_role(rule.role).order_by("pk"))
        return self._known[rule.role]

"""How much happens, counted in one pass: by day, by kind, by what it is about, by who did it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils.translation import gettext

from accounts.models import User
from fleet.errors import Invalid

MOST_DAYS: Final = 93
USUAL: Final = timedelta(days=30)
_MOST_ACTORS: Final = 20


@dataclass(frozen=True)
class Count:
    """`key` is what was counted: a day, (action, what), a label, or (id, name) of an actor."""

    key: Any
    entries: int


@dataclass
class Statistics:
    entries: int = 0
    days: list[Count] = field(default_factory=list)
    actions: list[Count] = field(default_factory=list)
    models: list[Count] = field(default_factory=list)
    actors: list[Count] = field(default_factory=list)


def span(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the span that is counted, the last thirty days unless said otherwise. Raises Invalid."""
    last = end or now
    first = start or last - USUAL
    if last <= first:
        raise Invalid(to=gettext("The span ends before it begins."), code="ends_before_it_starts")
    if last - first > timedelta(days=MOST_DAYS):
        raise Invalid(
            to=gettext("Statistics cover at most %(days)s days.") % {"days": MOST_DAYS}, code="range_too_wide"
        )
    return first, last


def of(queryset: QuerySet[LogEntry]) -> Statistics:
    """Count the entries of a bounded queryset; one statement, and one for the names of the actors."""
    rows = (
        queryset.order_by().select_related(None).annotate(day=TruncDate("timestamp"), what=KT("additional_data__what"))
    )
    inner, parameters = rows.values("day", "action", "what", "content_type_id", "actor_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grouping(day, action, content_type_id, actor_id) AS kind,"  # noqa: S608 - Django's own SQL
            f" day, action, what, content_type_id, actor_id, count(*) AS entries FROM ({inner}) entry"
            " GROUP BY GROUPING SETS ((), (day), (action, what), (content_type_id), (actor_id))"
            " ORDER BY kind, day, entries DESC",
            parameters,
        )
        return _sorted(cursor.fetchall())


_ALL, _BY_DAY, _BY_ACTION, _BY_MODEL = 0b1111, 0b0111, 0b1011, 0b1101


def _sorted(found: list[tuple[Any, ...]]) -> Statistics:
    counted, actors = Statistics(), list[tuple[Any, int]]()
    for kind, day, action, what, content_type, actor, entries in found:
        if kind == _ALL:
            counted.entries = entries
        elif kind == _BY_DAY:
            counted.days.append(Count(day, entries))
        elif kind == _BY_ACTION:
            counted.actions.append(Count((action, what or ""), entries))
        elif kind == _BY_MODEL:
            counted.models.append(Count(_label(content_type), entries))
        else:
            actors.append((actor, entries))
    counted.actors = _named(actors[:_MOST_ACTORS])
    return counted


def _label(content_type: int) -> str:
    found: Any = ContentType.objects.get_for_id(content_type)
    label = f"{found.app_label}.{found.model}"
    return "" if label == LogEntry._meta.label_lower else label


def _named(actors: list[tuple[Any, int]]) -> list[Count]:
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[actor for actor, _ in actors if actor])}
    return [Count((actor, names.get(actor, "")), entries) for actor, entries in actors]

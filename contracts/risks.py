"""Why a booking or a rental may fail as things stand, asked of the database; nothing is stored.

The codes are those of the gate; `late` is the gate's "occupied" by a car that has not come back.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from cars.models import Inspection, Insurance, IssueReport, Registration

CODES: Final = {
    "late": _("the car is not back"),
    "uninsured": _("not insured to the end"),
    "unregistered": _("not registered to the end"),
    "uninspected": _("no valid inspection to the end"),
    "grounded": _("the car is grounded"),
    "not_in_service": _("the car is out of service"),
}
_SOON = timedelta(days=2)
_BOOKED = Q(status__in=("pending", "confirmed"))


class _Days(Aggregate):
    """All days of several spans, as a multirange."""

    function = "range_agg"
    output_field = TextField()  # only ever compared


class _Within(Func):
    """Whether the first multirange holds every day of the second range."""

    template = "(%(expressions)s)"
    arg_joiner = " @> "
    output_field = BooleanField()


def conditions(contracts: Any, now: datetime) -> tuple[dict[str, Any], dict[str, Q]]:
    """Return what must be known of a contract beside itself, and the condition of each code."""
    days = _span(_local_day(Greatest("start_at", Value(now))), _local_day(_last_moment(now)))
    known = {
        "risk_insured": _covered(Insurance.objects.filter(kind="liability"), days, now),
        "risk_registered": _covered(Registration.objects.all(), days, now),
        "risk_inspected": _covered(Inspection.objects.all(), days, now),
    }
    mine = OuterRef("car")
    out = contracts.filter(status="active", end_at__lt=now, car=mine)
    inspections = Inspection.objects.filter(car=mine)
    grounding = IssueReport.objects.unresolved().filter(car=mine, restriction="grounded")
    allowed = Q(overrides__contains=[{"code": "uninspected"}])
    return known, {
        "late": _BOOKED & Q(start_at__lt=now + _SOON) & Q(Exists(out.order_by())),
        "uninsured": Q(risk_insured=False),
        "unregistered": Q(risk_registered=False),
        "uninspected": Q(risk_inspected=False) & Q(Exists(inspections.order_by())) & ~allowed,
        "grounded": _BOOKED & Q(Exists(grounding.order_by())),
        "not_in_service": _BOOKED & ~Q(car__lifecycle="active"),
    }


def named(conditions: dict[str, Q]) -> Any:
    """Return the codes that hold, as text with a space after each."""
    parts = [Case(When(condition, then=Value(f"{code} ")), default=Value("")) for code, condition in conditions.items()]
    return Func(*parts, function="CONCAT", output_field=TextField())


def _last_moment(now: datetime) -> Any:
    """Return the last moment that counts; a car that should be back must at least be covered today."""
    return Greatest(F("end_at") - Value(timedelta(microseconds=1)), Value(now), output_field=DateTimeField())


def _local_day(moment: Any) -> Cast:
    """Return the day on the calendar of the car's branch, as the gate counts."""
    there = Func(F("car__branch__time_zone"), moment, function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


def _span(first: Any, last: Any) -> Func:
    return Func(first, last, Value("[]"), function="daterange", output_field=TextField())


def _covered(papers: Any, days: Any, now: datetime) -> Coalesce:
    """Return whether the car has papers for all the days, none of which lies before today, on whatever calendar."""
    still = now.date() - timedelta(days=1)
    spans = papers.filter(car=OuterRef("car"), valid_until__gte=still).order_by().values("car")
    all_days = spans.annotate(days=_Days(_span(F("valid_from"), F("valid_until")))).values("days")
    return Coalesce(_Within(Subquery(all_days), days), Value(False))  # noqa: FBT003 - SQL's false

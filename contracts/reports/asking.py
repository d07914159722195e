"""From what somebody asked for to a Question: the days that are meant, and whether they may be seen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from cars.models import Branch
from contracts.errors import need
from contracts.reports.shape import MOST_DAYS, Question, Report
from fleet.db.period import EARLIEST_YEAR, LATEST_YEAR
from fleet.errors import Invalid


def question(report: Report, wanted: Mapping[str, Any], *, user: Any, now: datetime) -> Question:
    """Return the question; without days it is about the last ones up to today where the branch is.

    Raises Invalid for an unknown branch or a range that is turned round or too wide, NotAllowed for earlier days of the
    drawer without contracts.report_past_days.
    """
    branch = _branch(wanted.get("branch"))
    zone = branch.zone if branch else timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    last = wanted.get("on") or wanted.get("to") or today
    _require_meant(last)
    first = last if "from" not in report.parameters else wanted.get("from") or last - timedelta(days=report.days - 1)
    _require_range(first, last)
    if "on" in report.parameters and last < today:
        need(user, "contracts.report_past_days")
    return Question(
        first,
        last,
        now,
        zone,
        branch.pk if branch else None,
        wanted.get("by") or (report.groups[0] if report.groups else ""),
        **{name: wanted[name] for name in ("within", "limit") if wanted.get(name) is not None},
        user=user,
    )


def _require_meant(last: date) -> None:
    if not EARLIEST_YEAR < last.year < LATEST_YEAR:
        text = gettext("The year lies between %(first)s and %(last)s.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR}
        raise Invalid(to=text, code="out_of_range")


def _require_range(first: date, last: date) -> None:
    if last < first:
        raise Invalid(to=gettext("The last day is before the first."), code="ends_before_it_starts")
    if (last - first).days >= MOST_DAYS:
        raise Invalid(
            to=gettext("A report covers at most %(most_days)s days.") % {"most_days": MOST_DAYS}, code="range_too_wide"
        )


def _branch(wanted: UUID | None) -> Branch | None:
    if wanted is None:
        return None
    found = Branch.objects.filter(pk=wanted).first()
    if found is None:
        raise Invalid(branch=gettext("There is no branch %(id)s.") % {"id": wanted}, code="unknown_branch")
    return found

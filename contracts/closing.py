"""Closing the day at a counter: the drawer is counted once."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.models import Branch
from contracts.errors import need
from contracts.models import DayClose
from contracts.reports import till
from fleet.actor import verb
from fleet.errors import Invalid, NotFound
from fleet.money import MOST, rounded


@verb
def close_day(
    branch_id: UUID, *, day: date, counted_cash: Decimal, note: str = "", by: User, now: datetime
) -> DayClose:
    """Write down what was counted beside what should be there.

    Raises Invalid for a day that has not begun, and without a note when the two differ; 409 when it is closed already.
    """
    need(by, "contracts.add_dayclose")
    branch = _locked(branch_id)
    today = now.astimezone(branch.zone).date()
    if day > today:
        raise Invalid(day=gettext("This day has not begun."), code="not_yet")
    if day < today:
        need(by, "contracts.report_past_days")
    if abs(counted_cash) > MOST or counted_cash != rounded(counted_cash):
        raise Invalid(counted_cash=gettext("Give an amount with at most two decimals."), code="bad_amount")
    expected = till.expected_cash(branch, day, now)
    if counted_cash != expected and not note.strip():
        raise Invalid(
            note=gettext("%(amount)s should be there: say what happened.") % {"amount": expected},
            code="note_missing",
        )
    return DayClose.objects.create(
        branch=branch,
        day=day,
        expected_cash=expected,
        counted_cash=counted_cash,
        difference=counted_cash - expected,
        note=note.strip(),
    )


def _locked(branch_id: UUID) -> Branch:
    """Return the branch, locked, so that nobody closes the same day beside us."""
    try:
        return Branch.objects.lock(branch_id)
    except NotFound as error:
        raise Invalid(
            branch=gettext("There is no branch %(id)s.") % {"id": branch_id}, code="unknown_branch"
        ) from error

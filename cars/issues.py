"""Issues: reported, worked on, resolved, closed. Who resolved one and when is the server's to say."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext, pgettext_lazy

from accounts.models import User
from cars import risks
from cars.errors import IllegalMove
from cars.models import Car, IssueReport
from cars.models.issue import usual_restriction
from fleet.actor import verb
from fleet.db import unit
from fleet.errors import Invalid
from notifications import outbox

_S = IssueReport.Status


@verb
def report(issue: IssueReport, *, by: User | None, now: datetime) -> IssueReport:
    """Save a new issue; without a restriction its severity decides whether the car may still go out.

    Bookings that it puts at risk are told of.
    """
    issue.reported_by = by
    issue.restriction = issue.restriction or usual_restriction(issue.severity)
    if issue.restriction == IssueReport.Restriction.NONE:
        _told(issue, by=by)
        return unit.insert(issue)  # it keeps nobody from renting
    Car.objects.lock(issue.car_id)
    with risks.watched(issue.car_id, by=by, now=now):
        issue.save()
    _told(issue, by=by)
    return issue


def _told(issue: IssueReport, *, by: User | None) -> None:
    payload = {"plate": issue.car.license_plate, "severity": issue.severity, "by": str(by.pk) if by else None}
    outbox.publish("issue.reported", issue, key=f"issue.reported:{issue.pk}", payload=payload)
    _grounded(issue, by=by)


def _grounded(issue: IssueReport, *, by: User | None) -> None:
    """Publish that a car must not drive: once for each issue that says so."""
    if issue.restriction == IssueReport.Restriction.GROUNDED:
        payload = {"plate": issue.car.license_plate, "by": str(by.pk) if by else None}
        outbox.publish("car.grounded", issue.car, key=f"car.grounded:{issue.pk}", payload=payload)


@verb
def revise(issue_id: UUID, *, by: User | None, now: datetime, **fields: Any) -> IssueReport:
    """Change what was reported. A restriction that followed the severity still follows it. Raises IllegalMove.

    Bookings that it puts at risk are told of.
    """
    issue = IssueReport.objects.lock(issue_id)
    if issue.status == _S.CLOSED:
        raise _illegal(issue, "revise")
    if "severity" in fields and issue.restriction == usual_restriction(issue.severity):
        fields.setdefault("restriction", "")
    for name, value in fields.items():
        setattr(issue, name, value)
    Car.objects.lock(issue.car_id)
    with risks.watched(issue.car_id, by=by, now=now):
        issue.save()
    _grounded(issue, by=by)
    return issue


@verb
def start(issue_id: UUID, *, by: User | None) -> IssueReport:
    """Begin the work: open → in progress. Raises IllegalMove."""
    issue = _in_state(issue_id, "start", _S.OPEN)
    issue.status = _S.IN_PROGRESS
    issue.save(update_fields=["status"])
    return issue


@verb
def resolve(
    issue_id: UUID, resolution: str, *, by: User | None, now: datetime, actual_cost: Decimal | None = None
) -> IssueReport:
    """Say what was done; the issue restricts the car no longer. Raises IllegalMove, and Invalid without a word."""
    if not resolution.strip():
        raise Invalid(resolution=gettext("Say what was done."), code="resolution_missing")
    issue = _in_state(issue_id, "resolve", _S.OPEN, _S.IN_PROGRESS)
    issue.status, issue.resolution = _S.RESOLVED, resolution.strip()
    issue.resolved_by, issue.resolved_at = by, now
    if actual_cost is not None:
        issue.actual_cost = actual_cost
    issue.save(update_fields=["status", "resolution", "resolved_by", "resolved_at", "actual_cost"])
    return issue


@verb
def close(issue_id: UUID, *, by: User | None) -> IssueReport:
    """File a resolved issue; nothing about it changes any more. Raises IllegalMove."""
    issue = _in_state(issue_id, "close", _S.RESOLVED)
    issue.status = _S.CLOSED
    issue.save(update_fields=["status"])
    return issue


def _in_state(issue_id: UUID, step: str, *states: IssueReport.Status) -> IssueReport:
    issue = IssueReport.objects.lock(issue_id)
    if issue.status not in states:
        raise _illegal(issue, step)
    return issue


# "This issue is closed; you cannot … it."
_STEPS: Final = {
    "revise": pgettext_lazy("you cannot … it", "revise"),
    "start": pgettext_lazy("you cannot … it", "start"),
    "resolve": pgettext_lazy("you cannot … it", "resolve"),
    "close": pgettext_lazy("you cannot … it", "close"),
}


def _illegal(issue: IssueReport, step: str) -> IllegalMove:
    return IllegalMove(
        gettext("This issue is %(status)s; you cannot %(step)s it.")
        % {"status": issue.get_status_display(), "step": _STEPS[step]},
        issue_status=issue.status,
    )

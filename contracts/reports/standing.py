"""What stands open now: cars that should be back, things that expire, deposits that we hold."""

from datetime import date
from typing import Any, Final

from django.db.models import Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Payment
from contracts.querysets import signed_held
from contracts.reports.shape import Column, Kind, Question, Report, Table, money
from fleet import due

MOST_ROWS: Final = 1000
_DEPOSITS: Final = (Payment.Kind.DEPOSIT_HOLD, Payment.Kind.DEPOSIT_RELEASE, Payment.Kind.DEPOSIT_CAPTURE)
# What a customer's papers are is not everybody's business.
_PERSONAL: Final = {due.Subject.LICENCE, due.Subject.PASSPORT, due.Subject.DOCUMENT}


def overdue(asked: Question) -> Table:
    """Return the cars that are out past the agreed end, the longest first."""
    found = Contract.objects.overdue(asked.now).select_related("car", "customer", "return_branch").order_by("end_at")
    if asked.branch_id:
        found = found.filter(return_branch=asked.branch_id)
    rows = [
        {
            "contract": one.pk,
            "reference": one.reference,
            "plate": one.car.license_plate,
            "customer": one.customer.name if one.customer else "",
            "branch": one.return_branch.name,
            "due_back": one.end_at,
            "late_minutes": int((asked.now - one.end_at).total_seconds() // 60),
        }
        for one in found[:MOST_ROWS]
    ]
    return Table(rows, {"number": len(rows)})


def expiring(asked: Question) -> Table:
    """Return what has expired or comes due within so many days, from every source of fleet/due.py."""
    on = asked.last
    subjects = set(due.Subject)
    if asked.user is not None and not asked.user.has_perm("customers.view_customer"):
        subjects -= _PERSONAL
    found = due.everything(on=on, within=asked.within, subjects=subjects)
    here = [one for one in found if asked.branch_id in (None, one.branch_id)][:MOST_ROWS]
    return Table([_due(one, on) for one in here], {"number": len(here)})


def deposits(asked: Question) -> Table:
    """Return every deposit that is held, on whatever contract; closed ones hold none, the database sees to that."""
    found = Payment.objects.filter(kind__in=_DEPOSITS).exclude(contract__status="closed")
    if asked.branch_id:
        found = found.filter(contract__pickup_branch=asked.branch_id)
    names = ("contract_id", "contract__reference", "contract__status", "contract__pickup_branch__name")
    sums = (
        found.order_by()
        .values(*names, "contract__customer__name")
        .annotate(held=Sum(signed_held()), since=Min("at", filter=Q(kind=Payment.Kind.DEPOSIT_HOLD)))
    )
    rows = [
        {
            "contract": one["contract_id"],
            "reference": one["contract__reference"],
            "customer": one["contract__customer__name"] or "",
            "status": one["contract__status"],
            "branch": one["contract__pickup_branch__name"],
            "since": one["since"],
            "held": money(one["held"]),
        }
        for one in sums.exclude(held=0).order_by("since", "contract_id")
    ]
    # All of them count, however many are shown.
    return Table(rows[:MOST_ROWS], {"number": len(rows), "held": money(sum(row["held"] for row in rows))})


def _due(one: due.Due, on: date) -> dict[str, Any]:
    return {
        "subject": str(one.subject),
        "title": one.title,
        "due_on": one.due_on,
        "days_left": one.days_left(on),
        "state": str(one.state(on)),
        "due_km": one.due_km,
        "label": one.label,
        "id": one.object_id,
    }


_NUMBER: Final = Column("number", _("number"), Kind.COUNT)
OVERDUE: Final = Report(
    "overdue",
    _("Overdue"),
    _("Cars that should be back by now, the longest first."),
    "contracts.report_overdue",
    "running_with_errors",
    (
        Column("contract", _("id"), Kind.ID),
        Column("reference", _("contract")),
        Column("plate", _("plate")),
        Column("customer", _("customer")),
        Column("branch", _("return to")),
        Column("due_back", _("due back"), Kind.INSTANT),
        Column("late_minutes", _("late"), Kind.MINUTES),
    ),
    overdue,
    parameters=("branch",),
    totals=(_NUMBER,),
)
EXPIRING: Final = Report(
    "expiring",
    _("Expiring"),
    _("Papers, services, licences and documents that have expired or soon will."),
    "contracts.report_expiring",
    "event_upcoming",
    (
        Column("subject", _("what")),
        Column("title", _("of what")),
        Column("due_on", _("due on"), Kind.DAY),
        Column("days_left", _("days left"), Kind.COUNT),
        Column("state", _("state")),
        Column("due_km", _("due at km"), Kind.COUNT, empty=True),
        Column("label", _("record")),
        Column("id", _("id"), Kind.ID),
    ),
    expiring,
    parameters=("branch", "within"),
    totals=(_NUMBER,),
)
DEPOSITS: Final = Report(
    "deposits",
    _("Deposits held"),
    _("Money of customers that we hold; it is not ours."),
    "contracts.report_deposits",
    "savings",
    (
        Column("contract", _("id"), Kind.ID),
        Column("reference", _("contract")),
        Column("customer", _("customer")),
        Column("status", _("status")),
        Column("branch", _("pick-up at")),
        Column("since", _("since"), Kind.INSTANT, empty=True),
        Column("held", _("held"), Kind.MONEY),
    ),
    deposits,
    parameters=("branch",),
    totals=(_NUMBER, Column("held", _("held"), Kind.MONEY)),
)

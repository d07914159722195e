"""What stands open now: cars that should be back, things that expire, deposits that we hold."""

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from contracts.reports import reading
from contracts.reports.shape import Column, Kind, Question, Report, Table, money
from fleet import due

MOST_ROWS: Final = 1000
# A closed contract holds none, the database sees to that; an expired one had no money on it.
_HELD: Final = """
SELECT c.id AS contract, c.reference, coalesce(who.name, '') AS customer, c.status, b.name AS branch, p.since, p.held,
       count(*) OVER () AS number, sum(p.held) OVER () AS sum
FROM contracts_contract c
JOIN cars_branch b ON b.id = c.pickup_branch_id
LEFT JOIN customers_customer who ON who.id = c.customer_id
CROSS JOIN LATERAL (
    SELECT min(at) FILTER (WHERE kind = 'deposit_hold') AS since,
           sum(CASE kind WHEN 'deposit_hold' THEN amount WHEN 'deposit_release' THEN -amount
                         WHEN 'deposit_capture' THEN -amount END) AS held
    FROM contracts_payment WHERE contract_id = c.id
) AS p
WHERE c.status IN ('pending', 'confirmed', 'active', 'returned', 'cancelled', 'no_show') AND p.held <> 0
  AND (%(branch)s::uuid IS NULL OR c.pickup_branch_id = %(branch)s)
ORDER BY p.since, c.id LIMIT %(most)s
"""
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
    here = [one for one in found if asked.branch_id in (None, one.branch_id)]
    return Table([_due(one, on) for one in here[:MOST_ROWS]], {"number": len(here)})


def deposits(asked: Question) -> Table:
    """Return the deposits that are held, the oldest first; all of them count, however many are shown."""
    found = reading.rows(_HELD, reading.values(asked, most=MOST_ROWS))
    rows = [{name: row[name] for name in row if name not in ("number", "sum")} for row in found]
    sums = found[0] if found else {"number": 0, "sum": 0}
    return Table(rows, {"number": sums["number"], "held": money(sums["sum"])})


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

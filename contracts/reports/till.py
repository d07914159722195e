"""The day at each counter: what was taken by which method, what should be in the drawer, what was counted.

A payment belongs to the branch where the car went out, and from the return on to the branch where it came back. The
cash expected is what came in less what was given back on the day; the float that stays in the drawer is not counted.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cars.models import Branch
from contracts.models import DayClose
from contracts.reports import reading
from contracts.reports.shape import Column, Kind, Question, Report, Table, money
from fleet.money import ZERO

_METHODS: Final = ("cash", "card", "transfer")
_SQL: Final = """
SELECT b.id AS branch_id, p.method,
       coalesce(sum(CASE p.kind WHEN 'payment' THEN p.amount WHEN 'refund' THEN -p.amount END), 0) AS paid,
       coalesce(sum(CASE p.kind WHEN 'deposit_hold' THEN p.amount WHEN 'deposit_release' THEN -p.amount END), 0) AS held
FROM contracts_payment p
JOIN contracts_contract c ON c.id = p.contract_id
JOIN cars_branch b ON b.id = CASE WHEN p.at >= c.returned_at THEN c.return_branch_id ELSE c.pickup_branch_id END
WHERE p.at >= %(start)s AND p.at < %(end)s AND (p.at AT TIME ZONE b.time_zone)::date BETWEEN %(first)s AND %(last)s
  AND (%(branch)s::uuid IS NULL OR b.id = %(branch)s)
GROUP BY 1, 2
"""
_SUMS: Final = (*_METHODS, *(f"deposits_{method}" for method in _METHODS), "expected_cash")


def answer(asked: Question) -> Table:
    """Return one row per branch for the day, also for those where nothing was taken."""
    moved = _moved(asked)
    closed = {one.branch_id: one for one in DayClose.objects.filter(day=asked.last).select_related("created_by")}
    found = Branch.objects.filter(pk=asked.branch_id) if asked.branch_id else Branch.objects.all()
    # A branch that was given up is shown for the days on which it still took money.
    here = [
        one for one in found.order_by("name") if asked.branch_id or one.is_active or {one.pk} & (moved.keys() | closed)
    ]
    rows = [_row(branch, moved.get(branch.pk, {}), closed.get(branch.pk)) for branch in here]
    return Table(rows, {name: money(sum(row[name] for row in rows)) for name in _SUMS})


def expected_cash(branch: Branch, day: date, now: datetime) -> Decimal:
    """Return what the drawer of a branch should hold beyond the float at the end of its day."""
    asked = Question(day, day, now, branch.zone, branch.pk)
    return money(_moved(asked).get(branch.pk, {}).get("expected_cash"))


def _moved(asked: Question) -> dict[UUID, dict[str, Decimal]]:
    found: dict[UUID, dict[str, Decimal]] = {}
    for one in reading.rows(_SQL, reading.values(asked)):
        held = found.setdefault(one["branch_id"], {"expected_cash": ZERO})
        held[one["method"]], held[f"deposits_{one['method']}"] = one["paid"], one["held"]
        if one["method"] == "cash":
            held["expected_cash"] = one["paid"] + one["held"]
    return found


def _row(branch: Branch, moved: dict[str, Decimal], close: DayClose | None) -> dict[str, Any]:
    return {
        "key": str(branch.pk),
        "label": branch.name,
        **{name: money(moved.get(name)) for name in _SUMS},
        "counted_cash": close.counted_cash if close else None,
        "difference": close.difference if close else None,
        "counted_by": str(close.created_by) if close and close.created_by else "",
        "note": close.note if close else "",
    }


_COLUMNS: Final = (
    *(
        Column(method, title, Kind.MONEY)
        for method, title in zip(_METHODS, (_("cash"), _("card"), pgettext_lazy("payment", "transfer")), strict=True)
    ),
    Column("deposits_cash", _("deposits, cash"), Kind.MONEY),
    Column("deposits_card", _("deposits, card"), Kind.MONEY),
    Column("deposits_transfer", _("deposits, transfer"), Kind.MONEY),
    Column("expected_cash", _("cash expected"), Kind.MONEY),
)
REPORT: Final = Report(
    "day-close",
    _("Day close"),
    _("What was taken at each counter on a day, and what its drawer held when it was counted."),
    "contracts.report_day_close",
    (
        Column("key", _("key")),
        Column("label", _("branch")),
        *_COLUMNS,
        Column("counted_cash", _("cash counted"), Kind.MONEY, empty=True),
        Column("difference", _("difference"), Kind.MONEY, empty=True),
        Column("counted_by", _("counted by")),
        Column("note", _("note")),
    ),
    answer,
    parameters=("on", "branch"),
    totals=_COLUMNS,
)

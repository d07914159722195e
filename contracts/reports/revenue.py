"""What rentals have earned, day by day of the rental: accrual, and never a deposit.

A bill belongs to the days agreed on, counted as the price counts them (contracts/pricing.py: started 24 hours on the
branch's wall clock, 59 minutes of grace). Rental, extras and discounts are spread over these days to the cent: day k
of n gets round(sum × (k + 1) / n) − round(sum × k / n), so the days always add up to the bill. What the return added
(late, km, fuel, cleaning, damage) and fines belong to the last day. A rental counts when the car went out, and when
nobody came for a promised car: that bill stands, too.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts.reports import reading
from contracts.reports.shape import Column, Kind, Question, Report, Table, grouped, money, summed

_SUMS: Final = ("rental", "extras", "discounts", "charges", "total")

# The states are those of the index contract_earning (contracts/status.py:EARNING).
_SQL: Final = """
WITH bills AS (
    SELECT c.id, c.pickup_branch_id AS branch_id, c.category_id,
           c.start_at AT TIME ZONE b.time_zone AS starts, c.end_at AT TIME ZONE b.time_zone AS ends
    FROM contracts_contract c JOIN cars_branch b ON b.id = c.pickup_branch_id
    WHERE c.status IN ('active', 'returned', 'closed', 'no_show') AND c.end_at > %(start)s AND c.start_at < %(end)s
      AND (%(branch)s::uuid IS NULL OR c.pickup_branch_id = %(branch)s)
), agreed AS (
    SELECT id, branch_id, category_id, starts::date AS begins,
           GREATEST(floor(extract(epoch FROM ends - starts) / 86400)
                    + (mod(extract(epoch FROM ends - starts), 86400) > 59 * 60)::int, 1)::int AS days
    FROM bills
), earned AS (
    SELECT a.id, a.branch_id, a.category_id, a.begins, a.days,
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'rental'), 0) AS rental,
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'extra'), 0) AS extras,
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'discount'), 0) AS discounts,
           coalesce(sum(l.amount) FILTER (WHERE l.kind NOT IN ('rental', 'extra', 'discount')), 0) AS charges
    FROM agreed a LEFT JOIN contracts_priceline l ON l.contract_id = a.id
    WHERE a.begins <= %(last)s AND a.begins + a.days > %(first)s
    GROUP BY 1, 2, 3, 4, 5
)
SELECT begins + k AS day, branch_id, category_id, count(*) AS rental_days,
       sum(round(rental * (k + 1) / days, 2) - round(rental * k / days, 2)) AS rental,
       sum(round(extras * (k + 1) / days, 2) - round(extras * k / days, 2)) AS extras,
       sum(round(discounts * (k + 1) / days, 2) - round(discounts * k / days, 2)) AS discounts,
       sum(CASE WHEN k = days - 1 THEN charges ELSE 0 END) AS charges
FROM earned CROSS JOIN LATERAL generate_series(
    GREATEST(%(first)s::date - begins, 0), LEAST(%(last)s::date - begins, days - 1)
) AS k
GROUP BY 1, 2, 3
"""
_EVER: Final = """
SELECT coalesce(sum(total), 0) AS ever FROM contracts_contract c
WHERE c.status IN ('active', 'returned', 'closed', 'no_show')
  AND (%(branch)s::uuid IS NULL OR c.pickup_branch_id = %(branch)s)
"""


def answer(asked: Question) -> Table:
    """Return what was earned per day, month, branch or category; `ever` is the sum of all bills there are."""
    told = reading.values(asked)
    cells = [{**cell, "total": sum(cell[name] for name in _SUMS[:-1])} for cell in reading.rows(_SQL, told)]
    rows = [_row(one) for one in grouped(cells, reading.keys(asked), reading.key(asked), (*_SUMS, "rental_days"))]
    (ever,) = reading.rows(_EVER, told)
    return Table(rows, {**summed(rows, (*_SUMS, "rental_days")), "ever": money(ever["ever"])})


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{name: money(row[name]) for name in _SUMS}}


_COLUMNS: Final = (
    Column("rental_days", _("rental days"), Kind.COUNT),
    Column("rental", _("rental"), Kind.MONEY),
    Column("extras", _("extras"), Kind.MONEY),
    Column("discounts", _("discounts"), Kind.MONEY),
    Column("charges", _("charges"), Kind.MONEY),
    Column("total", _("total"), Kind.MONEY),
)
REPORT: Final = Report(
    "revenue",
    _("Revenue"),
    _("What rentals have earned, spread over their days; deposits are no revenue."),
    "contracts.report_revenue",
    (Column("key", _("key")), Column("label", _("when or where")), *_COLUMNS),
    answer,
    parameters=("from", "to", "branch", "by"),
    groups=("day", "month", "branch", "category"),
    totals=(*_COLUMNS, Column("ever", _("all there ever was"), Kind.MONEY)),
    drawn=("total",),
)

"""Charges that somebody has let go, by who decided it."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts.reports import reading
from contracts.reports.shape import Column, Kind, Question, Report, Table, money, summed

_SQL: Final = """
SELECT u.id AS key, u.username, u.first_name, u.last_name, count(*) AS number, sum(g.amount) AS amount,
       count(*) FILTER (WHERE g.kind = 'late') AS late, count(*) FILTER (WHERE g.kind = 'damage') AS damage
FROM contracts_charge g
JOIN contracts_contract c ON c.id = g.contract_id
JOIN cars_branch b ON b.id = c.return_branch_id
JOIN accounts_user u ON u.id = g.decided_by_id
WHERE g.status = 'waived' AND g.decided_at >= %(start)s AND g.decided_at < %(end)s
  AND (g.decided_at AT TIME ZONE b.time_zone)::date BETWEEN %(first)s AND %(last)s
  AND (%(branch)s::uuid IS NULL OR c.return_branch_id = %(branch)s)
GROUP BY u.id ORDER BY sum(g.amount) DESC, u.username
"""


def answer(asked: Question) -> Table:
    """Return how many charges each agent waived, and what they came to."""
    rows = [_row(one) for one in reading.rows(_SQL, reading.values(asked))]
    return Table(
        rows, {**summed(rows, ("number", "late", "damage")), "amount": money(sum(row["amount"] for row in rows))}
    )


def _row(row: dict[str, Any]) -> dict[str, Any]:
    name = f"{row.pop('first_name')} {row.pop('last_name')}".strip()
    username = row.pop("username")
    return {**row, "key": str(row["key"]), "label": name or username, "amount": money(row["amount"])}


_COLUMNS: Final = (
    Column("number", _("charges"), Kind.COUNT),
    Column("late", _("of them late"), Kind.COUNT),
    Column("damage", _("of them damage"), Kind.COUNT),
    Column("amount", _("amount"), Kind.MONEY),
)
REPORT: Final = Report(
    "waivers",
    _("Waived charges"),
    _("Charges that were let go, by who decided it."),
    "contracts.report_waivers",
    (Column("key", _("key")), Column("label", _("agent")), *_COLUMNS),
    answer,
    totals=_COLUMNS,
    drawn=("amount",),
)

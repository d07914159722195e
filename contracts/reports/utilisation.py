"""How much of its time the fleet was taken, and for what: from the ledger.

A car counts for a day when we look after it and it was entered by then, or when it was taken on that day; by the branch
and the category that it has now. A rental's row in the ledger includes the turnaround. Time is counted in whole
minutes of a day at a branch, so that days, branches and categories add up to the same total.
"""

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts.reports import reading
from contracts.reports.shape import Column, Kind, Question, Report, Table, grouped, summed
from fleet.money import rounded

_SUMS: Final = ("car_minutes", "rented_minutes", "workshop_minutes", "blocked_minutes")

_SQL: Final = """
WITH yard AS (
    SELECT car.id, car.branch_id, car.category_id, b.time_zone AS zone,
           car.lifecycle NOT IN ('archived', 'disposed') AS kept,
           (car.created_at AT TIME ZONE b.time_zone)::date AS since
    FROM cars_car car JOIN cars_branch b ON b.id = car.branch_id
    WHERE %(branch)s::uuid IS NULL OR car.branch_id = %(branch)s
), spans AS (
    SELECT yard.id, yard.zone, o.kind, lower(o.period) AS starts, upper(o.period) AS ends,
           GREATEST((lower(o.period) AT TIME ZONE zone)::date, %(first)s) AS begins,
           LEAST(((upper(o.period) - interval '1 microsecond') AT TIME ZONE zone)::date, %(last)s) AS stops
    FROM yard JOIN cars_occupancy o ON o.car_id = yard.id
    WHERE o.released_at IS NULL AND o.period && tstzrange(%(start)s, %(end)s)
), taken AS (
    SELECT id, begins + k AS day, kind,
           extract(epoch FROM LEAST(ends, (begins + k + 1)::timestamp AT TIME ZONE zone)
                            - GREATEST(starts, (begins + k)::timestamp AT TIME ZONE zone)) AS seconds
    FROM spans CROSS JOIN LATERAL generate_series(0, stops - begins) AS k
), per_car AS (
    SELECT id, day, coalesce(sum(seconds) FILTER (WHERE kind = 'rental'), 0) AS rented,
           coalesce(sum(seconds) FILTER (WHERE kind = 'workshop'), 0) AS workshop,
           coalesce(sum(seconds) FILTER (WHERE kind IN ('block', 'transfer')), 0) AS blocked
    FROM taken GROUP BY id, day
)
SELECT d.day, yard.branch_id, yard.category_id, count(*) AS cars,
       sum(extract(epoch FROM ((d.day + 1)::timestamp AT TIME ZONE zone) - (d.day::timestamp AT TIME ZONE zone))
           / 60)::bigint AS car_minutes,
       coalesce(floor(sum(per_car.rented) / 60), 0)::bigint AS rented_minutes,
       coalesce(floor(sum(per_car.workshop) / 60), 0)::bigint AS workshop_minutes,
       coalesce(floor(sum(per_car.blocked) / 60), 0)::bigint AS blocked_minutes
FROM yard
CROSS JOIN (SELECT %(first)s::date + n AS day FROM generate_series(0, %(last)s::date - %(first)s::date) AS n) AS d
LEFT JOIN per_car ON per_car.id = yard.id AND per_car.day = d.day
WHERE (yard.kept AND yard.since <= d.day) OR per_car.id IS NOT NULL
GROUP BY 1, 2, 3
"""


def answer(asked: Question) -> Table:
    """Return the minutes that cars were there, rented, in the workshop, blocked and free."""
    cells = reading.rows(_SQL, reading.values(asked))
    rows = [_whole(one) for one in grouped(cells, reading.keys(asked), reading.key(asked), _SUMS)]
    return Table(rows, _whole(summed(rows, _SUMS)))


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    there, rented = row["car_minutes"], row["rented_minutes"]
    free = there - rented - row["workshop_minutes"] - row["blocked_minutes"]
    return {**row, "free_minutes": free, "utilisation": rounded(Decimal(100 * rented) / there) if there else None}


_COLUMNS: Final = (
    Column("car_minutes", _("cars' time"), Kind.MINUTES),
    Column("rented_minutes", _("rented"), Kind.MINUTES),
    Column("workshop_minutes", _("workshop"), Kind.MINUTES),
    Column("blocked_minutes", _("blocked"), Kind.MINUTES),
    Column("free_minutes", _("free"), Kind.MINUTES),
    Column("utilisation", _("utilisation"), Kind.SHARE, empty=True),
)
REPORT: Final = Report(
    "utilisation",
    _("Utilisation"),
    _("How much of their time cars were rented, in the workshop or blocked; coming bookings count as rented."),
    "contracts.report_utilisation",
    (Column("key", _("key")), Column("label", _("when or where")), *_COLUMNS),
    answer,
    parameters=("from", "to", "branch", "by"),
    groups=("day", "month", "branch", "category"),
    totals=_COLUMNS,
    drawn=("utilisation",),
)

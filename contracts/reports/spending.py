"""What cars cost: the figures of cars/costs.py for every car, and for those that cost most."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cars import costs
from cars.models import Car
from contracts.reports.shape import Column, Kind, Question, Report, Table, money

_CATEGORIES: Final = tuple(str(one) for one in costs.Category)


def per_car(asked: Question) -> Table:
    """Return what each car cost, by plate: every car that we keep, and others that cost something."""
    rows, totals = _spent(asked)
    return Table(rows, totals)


def top(asked: Question) -> Table:
    """Return the cars that cost most, the dearest first; totals are those of the whole fleet."""
    rows, totals = _spent(asked)
    dearest = sorted((row for row in rows if row["total"]), key=lambda row: (-row["total"], row["label"]))
    return Table(dearest[: asked.limit], totals)


def _spent(asked: Question) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    cars: QuerySet[Car] = Car.objects.filter(branch=asked.branch_id) if asked.branch_id else Car.objects.all()
    named = {car.pk: car for car in cars.order_by("license_plate")}
    found = costs.of(cars, asked.first, asked.last)
    rows = [_row(car, found[pk]) for pk, car in named.items() if car.is_kept or found[pk].total]
    names = (*_CATEGORIES, "total")
    return rows, {**{name: money(sum(row[name] for row in rows)) for name in names}, "driven_km": _driven(rows)}


def _row(car: Car, spent: costs.Costs) -> dict[str, Any]:
    return {
        "key": str(car.pk),
        "label": str(car),
        **{str(category): amount for category, amount in spent.categories.items()},
        "total": spent.total,
        "driven_km": spent.driven_km,
        "per_day": spent.per_day,
        "per_km": spent.per_km,
        "projected_year": spent.projected_year,
    }


def _driven(rows: list[dict[str, Any]]) -> int:
    return sum(row["driven_km"] for row in rows)


_SUMS: Final = (
    Column("insurance", _("insurance"), Kind.MONEY),
    Column("registration", _("registration"), Kind.MONEY),
    Column("inspection", _("inspection"), Kind.MONEY),
    Column("service", _("service"), Kind.MONEY),
    Column("repair", _("repairs"), Kind.MONEY),
    Column("damage", _("damages"), Kind.MONEY),
    Column("total", _("total"), Kind.MONEY),
    Column("driven_km", _("km driven"), Kind.COUNT),
)
_COLUMNS: Final = (
    Column("key", _("key")),
    Column("label", _("car")),
    *_SUMS,
    Column("per_day", _("per day"), Kind.MONEY),
    Column("per_km", _("per km"), Kind.RATE, empty=True),
    Column("projected_year", _("projected for a year"), Kind.MONEY),
)
COSTS: Final = Report(
    "costs",
    _("Costs"),
    _("What each car cost: premiums spread over their days, services and repairs on theirs."),
    "contracts.report_costs",
    _COLUMNS,
    per_car,
    totals=_SUMS,
    drawn=("total",),
    days=365,
)
TOP: Final = Report(
    "top-costs",
    _("Dearest cars"),
    _("The cars that cost most; the sums are those of the whole fleet."),
    "contracts.report_costs",
    _COLUMNS,
    top,
    parameters=("from", "to", "branch", "limit"),
    totals=_SUMS,
    drawn=("total",),
    days=365,
)

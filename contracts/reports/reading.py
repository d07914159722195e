"""SQL of the reports, sent to where reports are read."""

from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.utils.formats import date_format

from cars.models import Branch, Category
from contracts.reports.shape import Question
from fleet.db import router


def rows(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows as dicts."""
    with connections[router.alias()].cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def values(asked: Question, **more: Any) -> dict[str, Any]:
    """Return what every statement is told."""
    start, end = asked.widest
    return {"first": asked.first, "last": asked.last, "start": start, "end": end, "branch": asked.branch_id, **more}


def keys(asked: Question) -> dict[Any, str]:
    """Return the rows of a grouped report, empty ones too: key → what people read."""
    if asked.by == "branch":
        found = Branch.objects.filter(pk=asked.branch_id) if asked.branch_id else Branch.objects.all()
        return dict(found.order_by("name").values_list("pk", "name"))
    if asked.by == "category":
        return dict(Category.objects.values_list("pk", "name"))
    if asked.by == "month":
        return {f"{day:%Y-%m}": date_format(day, "F Y") for day in asked.days}
    return {day: date_format(day, "D d.m.Y") for day in asked.days}


def key(asked: Question) -> Any:
    """Return the function that finds the row of a cell (day, branch_id, category_id)."""
    if asked.by in ("branch", "category"):
        return lambda cell: cell[f"{asked.by}_id"]
    if asked.by == "month":
        return lambda cell: f"{cell['day']:%Y-%m}"
    return lambda cell: cell["day"]

"""Reports as CSV and XLSX, each on record."""

from typing import Any

from django.http import HttpResponseBase

from contracts.reports.shape import Column, Question, Report, Table
from fleet import sheets, trail


def response(report: Report, asked: Question, table: Table, kind: str) -> HttpResponseBase:
    """Answer with the table as a file, its totals in the last line."""
    days = {"first": str(asked.first), "last": str(asked.last)}
    branch = str(asked.branch_id) if asked.branch_id else ""
    trail.record("export", None, of=f"report {report.name}", format=kind, rows=len(table.rows), branch=branch, **days)
    lines = [[row[column.name] for column in report.columns] for row in table.rows]
    name = f"{report.name}-{asked.first}-{asked.last}"
    return sheets.response(name, kind, [_titled(column) for column in report.columns], [*lines, _sums(report, table)])


def _sums(report: Report, table: Table) -> list[Any]:
    """Return the line of totals, under the columns that they belong to."""
    return ["Σ" if number == 0 else table.totals.get(column.name) for number, column in enumerate(report.columns)]


def _titled(column: Column) -> str:
    unit = {"minutes": " (min)", "share": " (%)"}.get(column.kind, "")
    return f"{column.title}{unit}"

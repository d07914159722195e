"""Pictures of reports: numbers for server-rendered SVG, and the same in a sentence for who does not see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from contracts.reports.shape import Kind, Report, Table
from contracts.reports.wording import worded

WIDTH: Final = 1000  # of the drawing; the page stretches it
HEIGHT: Final = 100
_GAP: Final = 0.15  # of a column


@dataclass(frozen=True)
class Bar:
    """One column of the drawing, from the ground up, and what it says when pointed at."""

    x: str
    y: str
    width: str
    height: str
    text: str


@dataclass(frozen=True)
class Chart:
    title: Any
    text: str  # instead of the picture
    bars: Sequence[Bar]
    top: str  # what the full height means
    first: str
    last: str


def drawn(report: Report, table: Table) -> Chart | None:
    """Return the chart of a report over time; None when there is nothing to draw."""
    if not report.drawn or not table.rows:
        return None
    column = next(one for one in report.columns if one.name in report.drawn)
    values = [max(row[column.name] or Decimal(0), Decimal(0)) for row in table.rows]
    top = Decimal(100) if column.kind is Kind.SHARE else max(values)
    if not top or not any(values):
        return None
    labels = [row["label"] for row in table.rows]
    most = values.index(max(values))
    told = _("%(what)s: at most %(most)s (%(when)s), nothing in %(empty)s of %(all)s.") % {
        "what": column.title,
        "most": worded(column, values[most]),
        "when": labels[most],
        "empty": sum(not value for value in values),
        "all": len(values),
    }
    step = Decimal(WIDTH) / len(values)
    bars = [
        _bar(number, value / top, step, f"{labels[number]}: {worded(column, value)}")
        for number, value in enumerate(values)
    ]
    return Chart(column.title, told, bars, worded(column, top), labels[0], labels[-1])


def _bar(number: int, part: Decimal, step: Decimal, text: str) -> Bar:
    height = min(part, Decimal(1)) * HEIGHT
    left, width = step * (number + Decimal(_GAP) / 2), step * (1 - Decimal(_GAP))
    return Bar(f"{left:.2f}", f"{HEIGHT - height:.2f}", f"{width:.2f}", f"{height:.2f}", text)

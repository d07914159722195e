"""What a car costs as a drawing: one column a month, its parts on top of each other, and the same in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from cars.costs import Category, Costs, Month
from fleet.money import shown

HEIGHT: Final = 100
_WIDE: Final = Decimal("0.7")  # of a column's room


@dataclass(frozen=True)
class Part:
    """A piece of a column, from the top down, and what it says when pointed at."""

    x: str
    y: str
    height: str
    category: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing of `columns` × 100."""

    parts: Sequence[Part]
    columns: int
    width: str
    months: Sequence[Any]
    most: str  # what the full height means
    words: str


def stacked(costs: Costs, names: Mapping[Category, Any]) -> Chart | None:
    """Return the drawing; None when nothing was spent."""
    top = max(one.total for one in costs.months)
    if top <= 0:
        return None
    parts = [part for place, month in enumerate(costs.months) for part in _column(place, month, top, names)]
    dearest = max(costs.months, key=lambda one: one.total)
    words = _("At most %(most)s in %(month)s, on average %(mean)s a month.") % {
        "most": shown(top),
        "month": f"{dearest.first:%m.%Y}",
        "mean": shown(costs.per_month),
    }
    return Chart(parts, len(costs.months), str(_WIDE), [one.first for one in costs.months], shown(top), words)


def _column(place: int, month: Month, top: Decimal, names: Mapping[Category, Any]) -> Iterator[Part]:
    left, level = Decimal(place) + (1 - _WIDE) / 2, Decimal(HEIGHT)
    for category, name in names.items():
        height = month.categories[category] / top * HEIGHT
        if height > 0:
            level -= height
            text = f"{month.first:%m.%Y} · {name}: {shown(month.categories[category])}"
            yield Part(f"{left:.2f}", f"{level:.2f}", f"{height:.2f}", category.value, text)

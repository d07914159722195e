"""The rows of the timeline as HTML: joined as text, because an engine of templates takes 15 times as long for them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.timeline import SLOTS, Bar, Row, Window

# What a bar is, in the order of the legend; a bar carries the word as its description.
LEGEND: Final = (
    ("out", gettext_lazy("On rent")),
    ("overdue", gettext_lazy("Overdue")),
    ("due", gettext_lazy("Pick-up due")),
    ("booked", gettext_lazy("Booked")),
    ("held", gettext_lazy("Held, not confirmed")),
    ("workshop", gettext_lazy("Workshop")),
    ("blocked", gettext_lazy("Blocked")),
    ("done", gettext_lazy("Returned")),
)
_WEEKEND: Final = 5


def head(window: Window, today: date) -> str:
    """Return the days, each as wide as its slots."""
    return "".join(_day(day, number, today) for number, day in enumerate(window.dates))


def backdrop(window: Window, now: datetime) -> str:
    """Return the weekends, the lines between days and the line of now, drawn once behind all rows."""
    days = "".join(
        f'<i class="{_span(number)}{" is-weekend" if day.weekday() >= _WEEKEND else ""}"></i>'
        for number, day in enumerate(window.dates)
    )
    line = window.line_of(now)
    return days + (f'<i class="tl-now s{line}"></i>' if line else "")


def body(
    rows: Iterable[Row], *, names: bool, contracts: bool, base: str = "", sizes: Mapping[str, int] | None = None
) -> str:
    """Return every group and its cars. Without `names` a bar shows the number of its contract instead of a person.

    `base` is the address of the timeline, for a page that is another one; `sizes` are those of the groups where `rows`
    are a part of all.
    """
    known = list(rows)
    sizes = sizes or Counter(row.category for row in known)
    return "".join(_groups(known, sizes, names=names, contracts=contracts, base=base))


def _groups(rows: Iterable[Row], sizes: Mapping[str, int], *, names: bool, contracts: bool, base: str) -> Iterator[str]:
    rental = str(_("rental"))
    address = reverse("admin:cars_car_change", args=["0"]).replace("/0/", "/%s/")
    block = reverse("admin:cars_occupancy_change", args=["0"]).replace("/0/", "/%s/")
    words = {key: escape(str(word)) for key, word in LEGEND}
    for category, cars in groupby(rows, key=lambda row: row.category):
        yield f'<div class="tl-group"><h2>{escape(category)} · {sizes[category]}</h2></div>'
        for row in cars:
            said = (_text(bar, words, rental, names=names, contracts=contracts) for bar in row.bars)
            links = (_link(bar, block, base, contracts) for bar in row.bars)
            bars = "".join(map(_bar, row.bars, said, links))
            yield (
                f'<div class="tl-row"><a class="tl-car" href="{address % row.pk}"><b>{escape(row.plate)}</b>'
                f' <span>{escape(row.name)}</span></a><div class="tl-days">{bars}</div></div>'
            )


def _bar(bar: Bar, text: str, link: str) -> str:
    # In this order, in which what is alike stands together: compressed, any other weighs up to six per cent more.
    shape = f'aria-describedby="k-{bar.state}" class="k-{bar.state} s{bar.first} e{bar.last}"'
    return f"<a {shape} {link}>{text}</a>" if link else f"<span {shape}>{text}</span>"


def _text(bar: Bar, words: dict[str, str], rental: str, *, names: bool, contracts: bool) -> str:
    if bar.state in ("workshop", "blocked"):
        return escape(bar.note) or words[bar.state]
    if not contracts:
        return rental
    return escape((bar.who if names else "") or bar.reference)


def _link(bar: Bar, block: str, base: str, contracts: bool) -> str:  # noqa: FBT001 - called for thousands of bars
    if bar.state in ("workshop", "blocked"):
        return f'href="{block % bar.pk}"'
    # The number is short and alike from bar to bar: half the weight of the page would be ids otherwise.
    return f'href="{base}contract/?number={bar.reference}"' if contracts and bar.reference else ""


def _day(day: date, number: int, today: date) -> str:
    marks = (" is-weekend" if day.weekday() >= _WEEKEND else "") + (" is-today" if day == today else "")
    current = ' aria-current="date"' if day == today else ""
    full = escape(date_format(day, "l, d.m.Y"))
    return (
        f'<div class="{_span(number)}{marks}" title="{full}" data-day="{day:%Y-%m-%d}"{current}>'
        f"<span>{escape(date_format(day, 'D'))}</span><b>{day.day}</b></div>"
    )


def _span(number: int) -> str:
    return f"s{number * SLOTS + 1} e{(number + 1) * SLOTS + 1}"

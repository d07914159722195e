"""Which columns of a list somebody sees: the list's own until he chooses others; the first always stays.

    class CarAdmin(FleetAdmin):
        list_display = ("license_plate", "category")   # what everybody sees at first
        more_columns = ("vin", "color")                # what may be chosen besides

A column has its number in addresses (`?o=-3`) among all that the list offers: a saved one sorts alike for everybody.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.views import ChangeList

from fleet.admin import figures
from fleet.admin.allowed import Allowed

_TWIN: Final = re.compile(r"^(masked|shown|figure)_")  # a column that stands for a field's own, or hides it
_BOX: Final = "action_checkbox"


class Listing(ChangeList):  # type: ignore[misc]
    """A list that numbers its columns among all that it offers."""

    names: list[str]  # of the columns shown, in their places
    numbered: list[str]  # of all columns
    list_display: list[Any]

    def get_ordering(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        # Asked while the list is made; later functions write its figures (fleet/admin/figures.py).
        if not hasattr(self, "names"):
            self.names = list(self.list_display)
            self.numbered = [_BOX, *self.model_admin.every_column(request)]
        with self._all_columns():
            return super().get_ordering(request, queryset)

    def get_ordering_field_columns(self) -> dict[int, str]:
        """Return which of the columns shown are sorted by, and how."""
        with self._all_columns():
            sorted_by: dict[int, str] = super().get_ordering_field_columns()
        return dict(self._here(sorted_by))

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Return the address with everybody's numbers; the heads of columns know only places."""
        if new_params and new_params.get("o"):
            new_params = {**new_params, "o": ".".join(map(self._number, new_params["o"].split(".")))}
        return str(super().get_query_string(new_params, remove))

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        """Read with the rows what chosen columns name of other tables."""
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        others = [name for name in self.names if name in self.model_admin.more_columns and self._leads_away(name)]
        return found.select_related(*others) if others else found

    @contextmanager
    def _all_columns(self) -> Iterator[None]:
        """Let Django take the numbers in addresses for those of all columns."""
        shown, self.list_display = self.list_display, self.numbered
        try:
            yield
        finally:
            self.list_display = shown

    def _here(self, sorted_by: dict[int, str]) -> Iterator[tuple[int, str]]:
        for number, order in sorted_by.items():
            if 0 <= number < len(self.numbered) and self.numbered[number] in self.names:
                yield self.names.index(self.numbered[number]), order

    def _number(self, place: str) -> str:
        at = int(place.removeprefix("-"))
        return place.replace(str(at), str(self.numbered.index(self.names[at])))

    def _leads_away(self, name: str) -> bool:
        try:
            return bool(self.lookup_opts.get_field(name).many_to_one)
        except FieldDoesNotExist:
            return False


class _Sorting:
    """The columns that sort: names, and the functions that write figures in their place (fleet/admin/figures.py)."""

    def __init__(self, names: Iterable[str]) -> None:
        self.keys = {key(name) for name in names}

    def __contains__(self, column: Any) -> bool:
        return key(column if isinstance(column, str) else column.__name__) in self.keys


class Columns(Allowed):
    """What FleetAdmin shows of its columns to whom."""

    more_columns: ClassVar[tuple[str, ...]] = ()
    export_permissions: ClassVar[tuple[str, ...] | None] = ()  # besides that to view the list; None: no file of it
    exported: ClassVar[dict[str, str]] = {}  # column → attribute that a file has instead of words

    def every_column(self, request: HttpRequest) -> tuple[str, ...]:
        """Return all columns there are, in the order that gives them their numbers."""
        return (*self.list_display, *self.more_columns)

    def offered_columns(self, request: HttpRequest) -> tuple[str, ...]:
        """Return those that this user may see."""
        return self.every_column(request)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        offered = self.offered_columns(request)
        chosen = chosen_by(request, self.opts.label_lower)
        wanted = {key(name) for name in (self.list_display if chosen is None else chosen)}
        return (*offered[:1], *(name for name in offered[1:] if key(name) in wanted))

    def prepare(self, rows: Any, request: HttpRequest) -> None:
        """Add to the rows of a list what its columns show and the query does not read."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listing = super().get_changelist_instance(request)
        self.prepare(listing.result_list, request)
        listing.list_display = figures.columns(self.model, listing.list_display, listing.list_display_links or ())
        return listing

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Listing]:
        return Listing

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Let the list's own columns sort; no index leads through millions of rows by those that are chosen besides."""
        return self.sortable_by if self.sortable_by is not None else _Sorting(self.list_display)


def key(name: str) -> str:
    """Return the name under which a column is chosen: the same, whoever sees it and however it is written."""
    return _TWIN.sub("", name, count=1)


def chosen_by(request: HttpRequest, label: str) -> list[str] | None:
    """Return what the user has chosen for this list, None when nothing."""
    chosen: dict[str, list[str]] = getattr(request.user, "columns", None) or {}
    return chosen.get(label)


def menu(model_admin: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the columns to choose from, with their titles; not the first, which always stays."""
    shown = model_admin.get_list_display(request)
    return [
        {"key": key(name), "title": titled(model_admin, name), "shown": name in shown}
        for name in model_admin.offered_columns(request)[1:]
    ]


def titled(model_admin: Any, name: str) -> str:
    return capfirst(str(label_for_field(name, model_admin.model, model_admin)))

"""A list as a file: the same filters, the same order, read page by page from a replica.

class CarViewSet(ExportMixin[Car], EditViewSet[Car]):
    exports = {"Plate": "license_plate", "Category": "category.name"}   # title → path of attributes
    permissions = {..., "export": "cars.view_car"}
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from fleet import sheets, trail
from fleet.api.filters import list_parameters
from fleet.api.pagination import BadParameter, Cursor, following, ordered
from fleet.api.views import FleetView, FleetViewSet
from fleet.db.router import read
from fleet.errors import DomainError

MOST_ROWS: Final = {sheets.CSV: 100_000, sheets.XLSX: 10_000}  # a workbook is built before it is sent
_PAGE: Final = 2_000
MEDIA_TYPES: Final = tuple(sheets.MEDIA_TYPES.values())
FORMAT: Final = OpenApiParameter(
    "format", enum=list(sheets.KINDS), description="Default: what `Accept` asks for, else csv."
)
FILES: Final = {
    (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "UTF-8 with a byte order mark."),
    (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiResponse(
        OpenApiTypes.BINARY, "With `format=xlsx`."
    ),
}


class TooManyRows(DomainError):
    code = "too_many_rows"
    status = 422
    detail = "So many rows do not go into one file. Narrow the filters."


class ExportMixin[M: models.Model](FleetViewSet[M]):
    """`export/` on a list."""

    exports: ClassVar[Mapping[str, str]] = {}
    downloads = {"export": MEDIA_TYPES}
    problems = {"export": (422,)}

    def known_parameters(self) -> set[str]:
        known = super().known_parameters()
        return (known | list_parameters(self) | {"format"}) - set(Cursor.parameters) if self.exporting else known

    @property
    def exporting(self) -> bool:
        return self.step == "export"

    def exported(self) -> Any:
        """Return the rows with what the columns show."""
        return self.get_queryset()

    def cell(self, row: M, path: str) -> Any:
        """Return what a column shows of the row."""
        return _value(row, path)

    @extend_schema(
        parameters=[FORMAT],
        responses=FILES,
        description="The list as a file: the filters, `q` and `sort` of the list, all rows; recorded in the audit.",
    )
    @action(detail=False)
    def export(self, request: Request) -> HttpResponseBase:
        kind = wanted_kind(self, default=sheets.CSV)
        rows = ordered(self.filter_queryset(self.exported()))
        count = read(lambda: rows.order_by()[: MOST_ROWS[kind] + 1].count(), by=self.by)
        if count > MOST_ROWS[kind]:
            raise TooManyRows(most=MOST_ROWS[kind])
        name: Any = self.basename
        # Names of the filters only: what somebody looked for may be a person.
        trail.record("export", None, of=f"{name}s", format=kind, rows=count, filters=sorted(request.query_params))
        cells = ([self.cell(row, path) for path in self.exports.values()] for row in _all(rows, by=self.by))
        return sheets.response(f"{name}s-{timezone.localdate()}", kind, list(self.exports), cells)


def wanted_kind(view: FleetView, *, default: str = "") -> str:
    """Return csv, xlsx or the default: `format` says, else `Accept`. Raises BadParameter."""
    asked = [kind for kind, media_type in sheets.MEDIA_TYPES.items() if media_type == view.accepted()]
    kind = view.request.query_params.get("format", asked[0] if asked else default)
    if kind != default and kind not in sheets.KINDS:
        raise BadParameter("format", f"format is one of {', '.join(sheets.KINDS)}.")
    return kind


def _all[M: models.Model](rows: QuerySet[M], *, by: Any) -> Iterator[M]:
    """Yield the rows page by page, so that a replica may die between two pages and no transaction stays open."""
    page = read(lambda: list(rows[:_PAGE]), by=by)
    while page:
        yield from page
        if len(page) < _PAGE:
            return
        rest = following(rows, page[-1])
        page = read(lambda rest=rest: list(rest[:_PAGE]), by=by)  # type: ignore[misc]


def _value(row: Any, path: str) -> Any:
    value = reduce(lambda one, name: None if one is None else getattr(one, name), path.split("."), row)
    return value() if callable(value) else value

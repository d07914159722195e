"""reports/: one address per report, made from the catalogue; JSON, CSV and XLSX show the same numbers."""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpResponseBase
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.reports import asking, files
from contracts.reports.catalogue import REPORTS, answered
from contracts.reports.shape import Column, Kind, Question, Report, Table
from fleet import sheets
from fleet.api.exporting import FILES, MEDIA_TYPES, wanted_kind
from fleet.api.fields import InstantField, MoneyField
from fleet.api.filters import InvalidFilters
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetView
from fleet.errors import Invalid

_FORMAT: Final = OpenApiParameter("format", enum=list(sheets.KINDS), description="A file instead of JSON.")
_FIELDS: Final[dict[Kind, Any]] = {
    Kind.TEXT: serializers.CharField,
    Kind.ID: serializers.UUIDField,
    Kind.DAY: serializers.DateField,
    Kind.INSTANT: InstantField,
    Kind.COUNT: serializers.IntegerField,
    Kind.MINUTES: serializers.IntegerField,
    Kind.MONEY: MoneyField,
}


def query_of(report: Report) -> type[StrictSerializer]:
    """Return the serializer of what may be asked of the report."""
    known: dict[str, Any] = {
        "from": serializers.DateField(required=False, help_text="First day; default: 30 days up to the last."),
        "to": serializers.DateField(required=False, help_text="Last day, included; default: today at the branch."),
        "on": serializers.DateField(required=False, help_text="The day; default: today at the branch."),
        "branch": serializers.UUIDField(required=False),
        "by": serializers.ChoiceField(report.groups, required=False, help_text=f"Default: {(*report.groups, '')[0]}."),
        "within": serializers.IntegerField(min_value=0, max_value=366, required=False, help_text="Days; default: 30."),
        "limit": serializers.IntegerField(min_value=1, max_value=100, required=False, help_text="Default: 10."),
    }
    chosen = {name: known[name] for name in report.parameters}
    return type(f"{_camel(report)}Query", (StrictSerializer,), chosen)


def answer_of(report: Report) -> type[StrictSerializer]:
    """Return the serializer of the report's answer."""
    row = _record(f"{_camel(report)}Row", report.columns)
    totals = _record(f"{_camel(report)}Totals", report.totals)
    members: dict[str, Any] = {
        "report": serializers.CharField(),
        "from": serializers.DateField(),
        "to": serializers.DateField(),
        "time_zone": serializers.CharField(help_text="Whose days these are; branches count their own."),
        "branch": serializers.UUIDField(allow_null=True),
        "by": serializers.CharField(),
        "currency": serializers.CharField(),
        "rows": row(many=True),
        "totals": totals(),
    }
    return type(f"{_camel(report)}Report", (StrictSerializer,), members)


class ReportView(FleetView):
    """Base of all reports."""

    downloads = {"get": MEDIA_TYPES}
    report: ClassVar[Report]
    query: ClassVar[type[StrictSerializer]]
    shown: ClassVar[type[StrictSerializer]]

    def answered(self, request: Request) -> HttpResponseBase:
        kind = wanted_kind(self)
        asked = self.asked(request)
        table = answered(self.report, asked)
        if kind:
            return files.response(self.report, asked, table, kind)
        return Response(self.shown(told(self.report, asked, table)).data)

    def asked(self, request: Request) -> Question:
        wanted = checked(request, _without_format(self.query))
        try:
            return asking.question(self.report, wanted, user=self.by, now=timezone.now())
        except Invalid as error:  # what is wrong here are parameters, not a body
            errors = [{"parameter": name, "code": error.code, "detail": text} for name, text in error.fields.items()]
            raise InvalidFilters(error.detail, errors=errors) from error


def told(report: Report, asked: Question, table: Table) -> dict[str, Any]:
    return {
        "report": report.name,
        "from": asked.first,
        "to": asked.last,
        "time_zone": asked.zone.key,
        "branch": asked.branch_id,
        "by": asked.by,
        "currency": settings.CURRENCY,
        "rows": table.rows,
        "totals": table.totals,
    }


def view_of(report: Report) -> type[ReportView]:
    query, shown = query_of(report), answer_of(report)

    @extend_schema(
        operation_id=f"reports_{report.name.replace('-', '_')}",
        parameters=[query, _FORMAT],
        responses={(200, "application/json"): shown, **FILES},
        description=str(report.about),
    )
    def get(self: ReportView, request: Request) -> HttpResponseBase:
        return self.answered(request)

    members = {
        "__doc__": str(report.about),
        "report": report,
        "query": query,
        "shown": shown,
        "permissions": {"get": report.permission},
        "parameters": {"get": (*report.parameters, "format")},
        "get": get,
    }
    return type(f"{_camel(report)}View", (ReportView,), members)


def _without_format(query: type[StrictSerializer]) -> type[StrictSerializer]:
    """Return the query with `format`, which wanted_kind() has read already."""
    return type(query.__name__, (query,), {"format": serializers.CharField(required=False)})


def _record(name: str, columns: tuple[Column, ...]) -> type[StrictSerializer]:
    return type(name, (StrictSerializer,), {column.name: _field(column) for column in columns})


def _field(column: Column) -> Any:
    options: dict[str, Any] = {"allow_null": True} if column.empty else {}
    if column.kind is Kind.RATE:
        return serializers.DecimalField(max_digits=14, decimal_places=4, **options)
    if column.kind is Kind.SHARE:
        return serializers.DecimalField(max_digits=6, decimal_places=2, help_text="Per cent.", **options)
    return _FIELDS[column.kind](**options)


def _camel(report: Report) -> str:
    return "".join(part.capitalize() for part in report.name.split("-"))


urlpatterns = [
    path(f"reports/{report.name}/", view_of(report).as_view(), name=f"report-{report.name}")
    for report in REPORTS.values()
]

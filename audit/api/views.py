"""audit/: the trail of everything, for those who look after it."""

from datetime import datetime
from typing import Any, Final

from auditlog.models import LogEntry
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from audit import history, naming, statistics
from audit.api.filters import EntryFilters
from audit.api.serializers import ACTIONS, EntrySerializer, StatisticsOutput
from audit.columns import COLUMNS
from fleet.api.exporting import ExportMixin
from fleet.api.filters import InvalidFilters
from fleet.errors import Invalid

_VIEW: Final = "auditlog.view_logentry"


class EntryViewSet(ExportMixin[LogEntry]):
    """Every change, newest first. An entry is never changed."""

    queryset = LogEntry.objects.none()
    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    lookup_value_regex = r"\d{1,18}"
    permissions = {"list": _VIEW, "retrieve": _VIEW, "statistics": _VIEW, "export": _VIEW}
    parameters = {"statistics": tuple(EntryFilters.base_filters)}
    exports = {title: title for title in COLUMNS}
    history = None  # type: ignore[assignment] # an entry has none

    def get_queryset(self) -> QuerySet[LogEntry]:
        return history.everything()

    def cell(self, row: LogEntry, path: str) -> Any:
        return COLUMNS[path](row)

    def get_object(self) -> LogEntry:
        entry = super().get_object()
        naming.attach([entry], reader=self.by)
        return entry

    @extend_schema(responses=StatisticsOutput, filters=True)
    @action(detail=False, pagination_class=None)
    def statistics(self, request: Request) -> Response:
        """Count the entries of at most 93 days, of the last 30 unless `from` and `to` say otherwise."""
        found = self.filter_queryset(self.get_queryset())
        first, last = self._span(request)
        counted = statistics.of(found.filter(timestamp__gte=first, timestamp__lt=last))
        return Response(StatisticsOutput(_shown(counted)).data)

    def _span(self, request: Request) -> tuple[datetime, datetime]:
        asked = EntryFilters(request.query_params, queryset=LogEntry.objects.none()).form
        asked.is_valid()  # the filters have said yes already
        try:
            return statistics.span(asked.cleaned_data["from"], asked.cleaned_data["to"], now=timezone.now())
        except Invalid as error:
            errors = [{"parameter": name, "code": error.code, "detail": text} for name, text in error.fields.items()]
            raise InvalidFilters(error.detail, errors=errors) from error


def _shown(counted: statistics.Statistics) -> dict[str, Any]:
    return {
        "entries": counted.entries,
        "days": [{"day": one.key, "entries": one.entries} for one in counted.days],
        "actions": [
            {"action": ACTIONS[one.key[0]], "what": one.key[1], "entries": one.entries} for one in counted.actions
        ],
        "models": [{"model": one.key, "entries": one.entries} for one in counted.models],
        "actors": [{"actor": one.key[0], "actor_name": one.key[1], "entries": one.entries} for one in counted.actors],
    }


@extend_schema_view(export=extend_schema(exclude=True))
class CsvViewSet(EntryViewSet):
    """audit/export.csv: audit/export/ under the name that people look for."""

"""audit/: the trail of everything, for those who look after it."""

from auditlog.models import LogEntry
from django.db.models import QuerySet

from audit import history, naming
from audit.api.filters import EntryFilters
from audit.api.serializers import EntrySerializer
from fleet.api.views import FleetViewSet


class EntryViewSet(FleetViewSet[LogEntry]):
    """Every change, newest first. An entry is never changed."""

    queryset = LogEntry.objects.none()
    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    lookup_value_regex = r"\d{1,18}"
    permissions = {"list": "auditlog.view_logentry", "retrieve": "auditlog.view_logentry"}
    history = None  # type: ignore[assignment] # an entry has none

    def get_queryset(self) -> QuerySet[LogEntry]:
        return history.everything()

    def get_object(self) -> LogEntry:
        entry = super().get_object()
        naming.attach([entry], reader=self.by)
        return entry

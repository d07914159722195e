"""job-runs/: what the clock did, and when."""

import django_filters

from audit.models import JobRun
from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import FleetViewSet


class JobRunSerializer(StrictModelSerializer):
    class Meta:
        model = JobRun
        fields = ("id", "job", "outcome", "started_at", "ended_at", "times", "handled", "error")
        read_only_fields = fields


class JobRunFilters(django_filters.FilterSet):  # type: ignore[misc]
    outcome = django_filters.MultipleChoiceFilter(choices=JobRun.Outcome.choices)

    class Meta:
        model = JobRun
        fields = ("job", "outcome")


class JobRunViewSet(FleetViewSet[JobRun]):
    """Runs of the jobs by the clock, newest first; runs in a row that found nothing to do are one."""

    queryset = JobRun.objects.order_by("-id")
    serializer_class = JobRunSerializer
    filterset_class = JobRunFilters
    lookup_value_regex = r"\d{1,18}"
    permissions = {"list": "audit.view_jobrun", "retrieve": "audit.view_jobrun"}
    history = None  # type: ignore[assignment] # a run is its own record

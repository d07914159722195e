"""What the clock did."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from audit.models import JobRun
from fleet.admin.records import RecordAdmin

_COLOURS = {"done": "success", "failed": "danger", "idle": ""}


@admin.register(JobRun)
class JobRunAdmin(RecordAdmin):
    paginator = InfinitePaginator
    list_display = ("ended_at", "job", "shown_outcome", "handled", "times", "error")
    list_filter = (("outcome", ChoicesDropdownFilter),)
    search_fields = ("job",)
    search_help_text = _("The name of a job, such as expire_holds.")
    fields = ("job", "outcome", "started_at", "ended_at", "times", "handled", "error")
    readonly_fields = fields
    server_set = ()

    @display(description=_("outcome"), label=_COLOURS)  # type: ignore[untyped-decorator]
    def shown_outcome(self, run: JobRun) -> Any:
        return run.outcome, run.get_outcome_display()

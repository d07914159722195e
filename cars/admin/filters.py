"""Where a car stands at this minute: from the ledger, not from a column."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from fleet.db.period import Period


class StandingFilter(DropdownFilter):  # type: ignore[misc]
    title = _("now")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("free", _("free")), ("taken", _("taken"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: Any = queryset
        now = timezone.now()
        instant = Period(now, now + timedelta(microseconds=1))
        if self.value() == "free":
            return found.in_service().free(instant)  # type: ignore[no-any-return]
        if self.value() == "taken":
            return found.exclude(pk__in=found.free(instant).values("pk"))  # type: ignore[no-any-return]
        return queryset

"""Service plans and records in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter

from cars import workshop
from cars.admin import explained
from cars.admin.base import CarsAdmin, became, changed
from cars.models import ServicePlan, ServiceRecord
from files.admin import FilesAdmin


@admin.register(ServicePlan)
class ServicePlanAdmin(CarsAdmin):
    explains = explained.PLAN
    list_display = ("service_type", "category", "car", "every_km", "every_months")
    list_filter = (("category", AutocompleteSelectFilter), ("car", AutocompleteSelectFilter))
    list_select_related = ("category", "car")
    search_help_text = _("Service, category or plate.")
    autocomplete_fields = ("car", "category")
    fixed = ("car", "category")
    fields = (
        "service_type",
        ("category", "car"),
        ("every_km", "every_months"),
        ("warn_km", "warn_days"),
        ("critical_km", "critical_days"),
    )


@admin.register(ServiceRecord)
class ServiceRecordAdmin(FilesAdmin, CarsAdmin):
    """Saving a record also reads the odometer."""

    explains = explained.SERVICE
    list_display = ("service_date", "car", "service_type", "odometer_km", "vendor", "cost")
    more_columns = ("plan", "description", "next_service_km", "next_service_date", "created_at", "created_by")
    list_filter = (("service_date", RangeDateFilter), ("car", AutocompleteSelectFilter))
    list_select_related = ("car",)
    search_help_text = _("Service, vendor, description or plate.")
    ordering = ("-service_date", "-id")
    autocomplete_fields = ("car", "plan")
    readonly_fields = ("occupancy",)
    fixed = ("car",)
    fields = (
        "car",
        ("service_date", "odometer_km"),
        ("service_type", "plan"),
        ("vendor", "cost"),
        "description",
        ("next_service_km", "next_service_date"),
        "occupancy",
    )

    def save_model(self, request: HttpRequest, obj: ServiceRecord, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        by: Any = request.user
        if not change:
            workshop.record(obj, by=by, now=timezone.now())
        elif form.has_changed():
            became(obj, workshop.amend(obj.pk, by=by, now=timezone.now(), **changed(form)))

"""Insurances, registrations and inspections in the admin."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter

from cars.admin.base import CarsAdmin
from cars.models import Inspection, Insurance, Paper, Registration
from files.admin import FilesAdmin

_VALID = (("number", "cost"), ("valid_from", "valid_until"), "notes")
_COLUMNS = ("valid_from", "valid_until", "days_left", "cost")
_FILTERS = (("valid_until", RangeDateFilter), ("car", AutocompleteSelectFilter))


class PaperAdmin(FilesAdmin, CarsAdmin):
    list_display: tuple[str, ...] = ("car", "number", *_COLUMNS)
    list_filter: tuple[Any, ...] = _FILTERS
    list_select_related = ("car",)
    search_help_text = _("Number, notes or plate.")
    ordering = ("-valid_until", "-id")
    autocomplete_fields = ("car",)
    fixed = ("car",)

    @admin.display(description=_("days left"), ordering="valid_until")
    def days_left(self, paper: Paper) -> int:
        return (paper.valid_until - timezone.localdate()).days


@admin.register(Insurance)
class InsuranceAdmin(PaperAdmin):
    list_display = ("car", "kind", "provider", "number", *_COLUMNS)
    list_filter = (("kind", ChoicesDropdownFilter), *_FILTERS)
    fields = ("car", ("kind", "provider"), *_VALID)


@admin.register(Registration)
class RegistrationAdmin(PaperAdmin):
    list_display = ("car", "authority", "number", *_COLUMNS)
    fields = ("car", "authority", *_VALID)


@admin.register(Inspection)
class InspectionAdmin(PaperAdmin):
    fields = ("car", *_VALID)

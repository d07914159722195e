"""Insurances, registrations and inspections in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter

from cars import papers
from cars.admin import explained
from cars.admin.base import CarsAdmin, became, changed
from cars.admin.forms import RenewForm
from cars.models import Inspection, Insurance, Paper, Registration
from cars.papers import Outcome
from files.admin import FilesAdmin
from fleet.admin.steps import step

_VALID = (("number", "cost"), ("valid_from", "valid_until"), "notes")
_COLUMNS = ("valid_from", "valid_until", "days_left", "cost")
_FILTERS = (("valid_until", RangeDateFilter), ("car", AutocompleteSelectFilter))


class PaperAdmin(FilesAdmin, CarsAdmin):
    explains = explained.PAPER
    list_display: tuple[str, ...] = ("car", "number", *_COLUMNS)
    more_columns = ("notes", "created_at", "created_by")
    list_filter: tuple[Any, ...] = _FILTERS
    list_select_related = ("car",)
    search_help_text = _("Number, notes or plate.")
    ordering = ("-valid_until", "-id")
    autocomplete_fields = ("car",)
    fixed = ("car",)
    actions_detail = ("renew",)

    @admin.display(description=_("days left"), ordering="valid_until")
    def days_left(self, paper: Paper) -> int:
        return (paper.valid_until - timezone.localdate()).days

    def save_model(self, request: HttpRequest, obj: Paper, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        by: Any = request.user
        if not change:
            warn(request, papers.add(obj, by=by, now=timezone.now()))
        elif new := changed(form):
            outcome = papers.amend(obj, by=by, now=timezone.now(), **new)
            became(obj, outcome.paper)
            warn(request, outcome)

    def delete_model(self, request: HttpRequest, obj: Paper) -> None:
        by: Any = request.user
        warn(request, papers.remove(obj, by=by, now=timezone.now()))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for paper in queryset.order_by("car", "pk"):
            self.delete_model(request, paper)


def renewal(kind: str) -> Any:
    """Return the button of one kind of paper."""

    @step(
        _("Renew"),
        permission=f"cars.add_{kind}",
        form=RenewForm,
        icon="autorenew",
        primary=True,
        when=lambda paper: not papers.is_renewed(paper),
        description=_("A new paper goes on where this one ends; this one stays as it is."),
    )
    def renew(self: PaperAdmin, request: HttpRequest, paper: Paper, data: dict[str, Any]) -> Any:
        by: Any = request.user
        outcome = papers.renew(paper, by=by, now=timezone.now(), **data)
        warn(request, outcome)
        return _("Renewed until %(day)s.") % {"day": f"{outcome.paper.valid_until:%d.%m.%Y}"}

    return renew


def warn(request: HttpRequest, outcome: Outcome[Any]) -> None:
    """Name the car's contracts that are at risk now."""
    if outcome.at_risk:
        named = ", ".join(risk.reference for risk in outcome.at_risk)
        messages.warning(request, _("At risk now: %(contracts)s") % {"contracts": named})


@admin.register(Insurance)
class InsuranceAdmin(PaperAdmin):
    renew = renewal("insurance")
    list_display = ("car", "kind", "provider", "number", *_COLUMNS)
    list_filter = (("kind", ChoicesDropdownFilter), *_FILTERS)
    fields = ("car", ("kind", "provider"), *_VALID)


@admin.register(Registration)
class RegistrationAdmin(PaperAdmin):
    renew = renewal("registration")
    list_display = ("car", "authority", "number", *_COLUMNS)
    fields = ("car", "authority", *_VALID)


@admin.register(Inspection)
class InspectionAdmin(PaperAdmin):
    renew = renewal("inspection")
    fields = ("car", *_VALID)

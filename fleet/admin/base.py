"""The admin every app builds on: bounded lists, server-set fields, refusals shown in the form."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from unfold.admin import StackedInline, TabularInline

from fleet.admin import tabs, ways
from fleet.admin.checks import FleetAdminChecks
from fleet.admin.columns import Columns
from fleet.admin.paging import BoundedPaginator
from fleet.admin.words import Words, worded
from fleet.db.violations import refusal
from fleet.errors import DomainError, Stale

REFUSALS = (DomainError, IntegrityError)
ways.ask_before_linking()


def said(error: DomainError | IntegrityError) -> str:
    """Return the refusal in words for people."""
    return str((error if isinstance(error, DomainError) else refusal(error)).detail)


class FleetAdmin(Columns):
    """Shows a DomainError as the form's error, with everything typed still there, and refuses lost updates."""

    checks_class = FleetAdminChecks
    paginator = BoundedPaginator
    list_per_page = 25
    list_max_show_all = 100
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    save_on_top = False
    warn_unsaved_form = True
    list_before_template = "admin/fleet/chips.html"
    change_form_outer_before_template = "admin/fleet/head.html"
    change_form_before_template = "admin/fleet/version.html"
    explains: ClassVar[Words] = {}
    server_set: ClassVar[tuple[str, ...]] = ("created_at", "created_by", "updated_at")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row; a page that only shows reads it once, however many parts of it ask."""
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        known = vars(request).setdefault("fleet_rows", {})
        key = (self.model, object_id, from_field)
        if key not in known:
            known[key] = super().get_object(request, object_id, from_field)
        return known[key]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        declared = tuple(super().get_readonly_fields(request, obj))
        return (*declared, *(name for name in self.server_set if obj and name not in declared))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        show: Callable[..., HttpResponse] = super().changeform_view
        try:
            return show(request, *args, **kwargs)
        except REFUSALS as error:
            # Once more: get_form() now builds a form that says no, so nothing is saved and nothing typed is lost.
            request.fleet_refusal = said(error)  # type: ignore[attr-defined]
            return show(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Put facts, steps and tabs above the form; in Unfold's bar there is room for few steps."""
        row, steps = context.get("original"), context.pop("actions_detail", ())
        if row is not None and not context.get("is_popup"):
            context["fleet_head"] = tabs.head(self, request, row, tabs.DETAILS, steps)
            context["show_history"] = not context["fleet_head"].tabs
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, *args: Any, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        form: type[forms.ModelForm[Any]] = super().get_form(request, obj, *args, **kwargs)
        form.base_fields = worded(form.base_fields, self.explains)
        why = getattr(request, "fleet_refusal", None) or _stale(request, obj)
        return _refusing(form, why) if why else form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        chips = import_string(settings.FLEET_SAVED_FILTERS)(self, request)
        chips["title"] = capfirst(self.opts.verbose_name_plural)  # Django's is "Select … to change"
        return self._or_message(request, super().changelist_view, request, {**(extra_context or {}), **chips})

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Say that there is no such row; Django leads to the start page as if nothing had been asked."""
        raise Http404

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self._or_message(request, super().delete_view, request, object_id, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        show: Callable[..., HttpResponse] = import_string(settings.FLEET_HISTORY_PAGE)
        return show(self, request, object_id)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing: the audit trail has it already, with the values and through every door."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Write nothing, as above."""

    def _or_message(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponse:
        try:
            return view(*args)  # type: ignore[no-any-return]
        except REFUSALS as error:
            if request.method != "POST":
                raise
            messages.error(request, said(error))
            return HttpResponseRedirect(request.get_full_path())


class FleetTabularInline(TabularInline):  # type: ignore[misc]
    extra = 0
    per_page = 10
    show_change_link = True


class FleetStackedInline(StackedInline):  # type: ignore[misc]
    extra = 0
    per_page = 10
    show_change_link = True


def _stale(request: HttpRequest, obj: models.Model | None) -> str | None:
    """Compare the version that the form was filled from (admin/fleet/version.html) with the row's."""
    seen = request.POST.get("seen_version") if request.method == "POST" else None
    if not seen or obj is None or seen == str(getattr(obj, "version", seen)):
        return None
    return str(Stale.detail)


def _refusing(form: "type[forms.ModelForm[Any]]", why: str) -> "type[forms.ModelForm[Any]]":
    class Refused(form):  # type: ignore[misc, valid-type]
        def clean(self) -> None:
            super().clean()
            raise ValidationError(why, code="refused")

    return Refused

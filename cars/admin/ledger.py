"""The ledger and the odometer in the admin; both are written by their verbs only, so that a clash is a message."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from cars import ledger, odometer
from cars.admin import explained
from cars.admin.base import CarsAdmin, became, changed
from cars.admin.forms import CorrectForm, OccupancyForm, ReadingForm
from cars.models import Occupancy, OdometerReading
from fleet.admin.steps import step
from fleet.db.period import Period


@admin.register(Occupancy)
class OccupancyAdmin(CarsAdmin):
    """Every span of time for which a car is taken; rentals are here to be seen."""

    explains = explained.BLOCK
    form = OccupancyForm
    list_display = ("car", "kind", "starts", "ends", "note", "released_at")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("released_at", admin.EmptyFieldListFilter),
        ("car", AutocompleteSelectFilter),
    )
    list_select_related = ("car",)
    search_help_text = _("Note or plate.")
    autocomplete_fields = ("car",)
    readonly_fields = ("released_at",)
    lasts = True
    actions_detail = ("release",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Read `?car=…&kind=block&start=2026-12-04T16:00&end=…`, as the timeline links here."""
        asked = super().get_changeform_initial_data(request)
        times = {f"{name}_at": _moment(asked.pop(name, "")) for name in ("start", "end")}
        return {**asked, **times}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Occupancy]:
        return Occupancy.objects.with_span()

    @admin.display(description=_("from"), ordering="starts")
    def starts(self, occupancy: Occupancy) -> Any:
        return occupancy.period.lower

    @admin.display(description=_("until"), ordering="ends")
    def ends(self, occupancy: Occupancy) -> Any:
        return occupancy.period.upper

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return ["car", "kind", "start_at", "end_at", "note"]
        span = ("start_at", "end_at") if self.has_change_permission(request, obj) else ("starts", "ends")
        return ["car", "kind", *span, "note", "released_at", *self.server_set]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        declared = super().get_readonly_fields(request, obj)
        return (*declared, "car", "kind", "starts", "ends") if obj else declared

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cars.block_car")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("cars.block_car") and (obj is None or _is_ours(obj))

    def save_model(self, request: HttpRequest, obj: Occupancy, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        by: Any = request.user
        if not change:
            entered = dict(form.cleaned_data)
            period = Period(entered.pop("start_at"), entered.pop("end_at"))
            became(obj, ledger.take(entered.pop("car").pk, period, by=by, now=timezone.now(), **entered))
        elif new := changed(form):
            start, end = new.get("start_at"), new.get("end_at")
            moved = ledger.move(obj.pk, start=start, end=end, note=new.get("note"), by=by, now=timezone.now())
            became(obj, moved)

    def response_post_save_add(self, request: HttpRequest, obj: Occupancy) -> HttpResponse:
        """Lead to the days of the car, where the block is seen, from wherever it was begun."""
        if not request.user.has_perm("cars.view_car"):
            said: HttpResponse = super().response_post_save_add(request, obj)
            return said
        return HttpResponseRedirect(reverse("admin:cars_car_timeline", args=[obj.car_id]))

    @step(
        _("Release"),
        permission="cars.block_car",
        when=lambda occupancy: _is_ours(occupancy) and occupancy.period.upper > timezone.now(),
        icon="lock_open",
        description=_("The car is free again from now on."),
    )
    def release(self, request: HttpRequest, occupancy: Occupancy, data: dict[str, Any]) -> Any:
        ledger.release(occupancy.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The car is released.")


@admin.register(OdometerReading)
class OdometerReadingAdmin(CarsAdmin):
    """Written once; a wrong reading is corrected by a new one."""

    explains = explained.READING
    form = ReadingForm
    list_display = ("car", "km", "taken_at", "source", "corrects", "reason", "created_by")
    list_filter = (
        ("source", ChoicesDropdownFilter),
        ("corrects", admin.EmptyFieldListFilter),
        ("car", AutocompleteSelectFilter),
    )
    list_select_related = ("car", "corrects", "created_by")
    search_help_text = _("Reason or plate.")
    ordering = ("-id",)  # as they were written; by the time on the odometer no index leads, there are millions
    autocomplete_fields = ("car",)
    lasts = True
    actions_detail = ("correct",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        entered = ["car", "km", "taken_at"]
        return [*entered, "source", ("corrects", "reason"), *self.server_set] if obj else entered

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: OdometerReading, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        entered = dict(form.cleaned_data)
        manual, by = OdometerReading.Source.MANUAL, request.user
        saved = odometer.record(entered.pop("car").pk, source=manual, by=by, now=timezone.now(), **entered)  # type: ignore[arg-type]
        became(obj, saved)

    @step(
        _("Correct"),
        permission="cars.add_odometerreading",
        form=CorrectForm,
        when=lambda reading: not hasattr(reading, "corrected_by"),
        icon="edit_note",
        description=_("The wrong reading stays, and the new one takes its place in time."),
    )
    def correct(self, request: HttpRequest, reading: OdometerReading, data: dict[str, Any]) -> Any:
        by: Any = request.user
        manual = OdometerReading.Source.MANUAL
        odometer.record(reading.car_id, source=manual, by=by, now=timezone.now(), corrects=reading, **data)
        return _("The reading is corrected.")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _is_ours(occupancy: Occupancy) -> bool:
    return occupancy.kind != Occupancy.Kind.RENTAL and occupancy.released_at is None

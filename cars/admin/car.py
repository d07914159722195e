"""Cars in the admin: the car with everything that belongs to it, and its verbs as buttons."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from cars import issues, ledger, lifecycle, odometer, overview
from cars.admin import explained, standing
from cars.admin.base import CarsAdmin
from cars.admin.filters import StandingFilter
from cars.admin.forms import BlockForm, CarForm, OdometerForm, ReportForm
from cars.admin.importing import ImportsCars
from cars.admin.many import Many
from cars.models import Car, IssueReport, OdometerReading
from files.admin import FilesAdmin
from fleet.admin.steps import step
from fleet.db.period import Period
from fleet.money import shown


@admin.register(Car)
class CarAdmin(Many, ImportsCars, FilesAdmin, CarsAdmin):
    explains = explained.CAR
    form = CarForm
    list_display = ("license_plate", "named", "category", "branch", "odometer_km", "figure_rate", "shown_now")
    more_columns = (
        "vin",
        "color",
        "fuel_type",
        "transmission",
        "seats",
        "doors",
        "location_note",
        "lifecycle",
        "created_at",
    )
    exported = {"figure_rate": "rate"}
    list_filter = (
        StandingFilter,
        ("lifecycle", ChoicesDropdownFilter),
        ("category", AutocompleteSelectFilter),
        ("branch", AutocompleteSelectFilter),
        ("fuel_type", ChoicesDropdownFilter),
        ("transmission", ChoicesDropdownFilter),
    )
    search_help_text = _("Part of the plate or the VIN, make or model; small typos do not matter.")
    ordering = ("license_plate", "id")
    autocomplete_fields = ("category", "branch")
    readonly_fields = ("odometer_km", "lifecycle")
    actions_detail = (
        "odometer",
        "block",
        "report",
        "activate",
        "withdraw",
        "offer_for_sale",
        "restore",
        "archive",
        "dispose",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("license_plate", "vin"),
                    ("manufacturer", "model", "year", "color"),
                    ("category", "daily_rate"),
                    ("branch", "location_note"),
                    ("odometer_km", "lifecycle"),
                )
            },
        ),
        (
            _("Equipment"),
            {
                "classes": ["tab"],
                "fields": (("fuel_type", "tank_litres"), ("transmission", "engine_power_hp"), ("seats", "doors")),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Car]:
        return overview.with_lacks(Car.objects.with_desk().with_rate(), timezone.localdate())

    def prepare(self, rows: Any, request: HttpRequest) -> None:
        states = overview.states(rows, timezone.now())
        for car in rows:
            car.state = states[car.pk]

    @admin.display(description=_("now"))
    def shown_now(self, car: Car) -> str:
        return standing.in_a_row(car)

    @admin.display(description=_("car"), ordering="manufacturer")
    def named(self, car: Car) -> str:
        return f"{car.manufacturer} {car.model} ({car.year})"

    @admin.display(description=_("daily rate"), ordering="rate")
    def figure_rate(self, car: Any) -> str:
        return shown(car.rate)

    @step(_("Read the odometer"), permission="cars.add_odometerreading", form=OdometerForm, icon="speed")
    def odometer(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        by: Any = request.user
        odometer.record(car.pk, source=OdometerReading.Source.MANUAL, by=by, now=timezone.now(), **data)
        return _("The reading is written down.")

    @step(_("Block"), permission="cars.block_car", form=BlockForm, when=lambda car: car.is_kept, icon="event_busy")
    def block(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        by: Any = request.user
        period = Period(data["start_at"], data["end_at"])
        ledger.take(car.pk, period, data["kind"], note=data["note"], by=by, now=timezone.now())
        return _("The car is taken for these days.")

    @step(_("Report an issue"), permission="cars.add_issuereport", form=ReportForm, icon="report")
    def report(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        by: Any = request.user
        issues.report(IssueReport(car=car, **data), by=by, now=timezone.now())
        return _("The issue is reported.")

    @step(
        _("Back into service"),
        permission="cars.change_car",
        when=lambda car: car.lifecycle in ("out_of_service", "for_sale"),
        icon="play_circle",
    )
    def activate(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.activate(car.pk, by=request.user)  # type: ignore[arg-type]
        return _("The car is in service again.")

    @step(
        _("Out of service"),
        permission="cars.change_car",
        when=lambda car: car.lifecycle in ("active", "for_sale"),
        icon="pause_circle",
        description=_("Nobody can rent it any more; bookings stay."),
    )
    def withdraw(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.withdraw(car.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The car is out of service.")

    @step(
        _("Offer for sale"),
        permission="cars.change_car",
        when=lambda car: car.lifecycle in ("active", "out_of_service"),
        icon="sell",
        description=_("Nobody can rent it any more; bookings stay."),
    )
    def offer_for_sale(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.offer_for_sale(car.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The car is for sale.")

    @step(_("Restore"), permission="cars.archive_car", when=lambda car: car.lifecycle == "archived", icon="unarchive")
    def restore(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.restore(car.pk, by=request.user)  # type: ignore[arg-type]
        return _("The car is in service again.")

    @step(
        _("Archive"),
        permission="cars.archive_car",
        when=lambda car: car.is_kept,
        icon="archive",
        danger=True,
        description=_("It takes part in nothing any more and can be restored; its history stays."),
    )
    def archive(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.archive(car.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The car is archived.")

    @step(
        _("Dispose of"),
        permission="cars.archive_car",
        when=lambda car: car.lifecycle not in ("active", "disposed"),
        icon="delete_forever",
        danger=True,
        description=_("It was sold or scrapped. There is no way back; its history stays and its plate is free."),
    )
    def dispose(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> Any:
        lifecycle.dispose(car.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The car is disposed of.")

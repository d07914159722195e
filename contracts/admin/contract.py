"""Contracts in the admin: found, booked, and led through their life by buttons."""

from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RelatedDropdownFilter
from unfold.decorators import display

from contracts import lifecycle
from contracts.admin import clock, explained, standing
from contracts.admin.booking import BookingForm, booked, prefilled
from contracts.admin.filters import DaysFilter, StandingFilter
from contracts.admin.inlines import ChargeInline, LineInline, PaymentInline
from contracts.admin.money import ReasonForm
from contracts.admin.steps import Life
from contracts.models import Charge, Contract
from contracts.status import ENDED
from fleet.admin.base import FleetAdmin
from fleet.admin.bulk import bulk
from fleet.admin.steps import ask
from fleet.money import shown

_PLACES: Final = ("pickup_place", "return_place")
_POSITIONS: Final = ("pickup_position", "return_position")
_RENTAL: Final = (
    ("customer", "shown_drivers"),
    ("car", "category"),
    ("out", "back"),
    ("pickup_branch", "return_branch"),
    _PLACES,
    _POSITIONS,
    "notes",
)
_COURSE: Final = (("picked_up", "returned"), ("held_until", "ended"), "cancel_reason", "shown_overrides")
_RATES: Final = (("daily_rate", "deposit"), ("km_per_day", "excess_km_rate"))
_RECORD: Final = (("channel", "external_ref"), ("created_at", "created_by"), "updated_at")


@admin.register(Contract)
class ContractAdmin(Life, FleetAdmin):
    explains = explained.CONTRACT
    list_display = ("reference", "customer", "car", "out", "back", "shown_status", "figure_total", "figure_balance")
    more_columns = (
        *("category", "pickup_branch", "return_branch", "picked_up", "returned", "held_until"),
        *("daily_rate", "deposit", "channel", "external_ref", "created_at", "created_by"),
    )
    exported = {"figure_total": "total", "figure_balance": "balance"}
    export_permissions = ("contracts.view_payment",)
    list_filter = (
        StandingFilter,
        ("pickup_branch", RelatedDropdownFilter),
        ("category", RelatedDropdownFilter),
        ("car", AutocompleteSelectFilter),
        ("customer", AutocompleteSelectFilter),
        ("start_at", DaysFilter),
        ("end_at", DaysFilter),
    )
    list_filter_submit = True
    actions = ("cancel_many", "no_show_many")
    search_fields = ("reference",)  # shows the box; get_search_results() answers
    search_help_text = _("Reference, plate, customer or the integrator's own reference.")
    ordering = ("-start_at", "-id")
    inlines = (LineInline, ChargeInline, PaymentInline)
    fieldsets = (
        (None, {"fields": _RENTAL}),
        (_("Course"), {"fields": _COURSE, "classes": ("tab",)}),
        (_("Rates when booked"), {"fields": _RATES, "classes": ("tab",)}),
        (_("Record"), {"fields": _RECORD, "classes": ("tab",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        undecided = Charge.objects.proposed().filter(contract=OuterRef("pk"))
        found = Contract.objects.visible_to(request.user).with_desk().with_money()
        return found.annotate(undecided=Exists(undecided)).with_agreement()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contract], search_term: str
    ) -> tuple[QuerySet[Contract], bool]:
        found: Any = queryset
        return found.search(search_term), False

    def offered_columns(self, request: HttpRequest) -> tuple[str, ...]:
        hidden = () if standing.sees_money(request.user) else ("figure_balance",)
        return tuple(name for name in self.every_column(request) if name not in hidden)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        closed = (*_PLACES, *_POSITIONS) if obj is not None and obj.status in ENDED else ()
        every = [name for _title, options in self.fieldsets for name in _flat(options["fields"])]
        return tuple(name for name in every if name not in (*_PLACES, *_POSITIONS, "notes") or name in closed)

    def get_fieldsets(self, request: HttpRequest, obj: Contract | None = None) -> Any:
        said = {"cancel_reason": obj and obj.cancel_reason, "shown_overrides": obj and obj.overrides}
        silent = {name for name, words in said.items() if not words}
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in silent]})
            for title, options in self.fieldsets
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        form = super().get_form(request, obj, change, **kwargs)
        if "notes" in form.base_fields:
            form.base_fields["notes"].widget.attrs["rows"] = 4
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("contracts.book_contract")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # cancelled instead

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied

        def book(data: dict[str, Any]) -> tuple[Any, Contract]:
            by: Any = request.user
            contract = data["book"](by=by, now=timezone.now())
            return booked(contract), contract

        return ask(self, request, BookingForm, book, title=_("New rental"), initial=prefilled(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"show_save_and_add_another": False, **(extra_context or {})}
        page: HttpResponse = super().change_view(request, object_id, form_url, shown)
        return page

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if form.changed_data:
            obj.save(update_fields=form.changed_data)

    @bulk(
        _("Cancel"),
        permission="contracts.cancel_contract",
        form=ReasonForm,
        shows=lambda contract: contract.get_status_display(),
        danger=True,
    )
    def cancel_many(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> None:
        lifecycle.cancel(contract.pk, **data, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    @bulk(
        _("No-show"),
        permission="contracts.no_show_contract",
        shows=lambda contract: contract.get_status_display(),
        danger=True,
    )
    def no_show_many(self, request: HttpRequest, contract: Contract, data: dict[str, Any]) -> None:
        lifecycle.mark_no_show(contract.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    @display(description=_("status"), label=standing.COLOURS)  # type: ignore[untyped-decorator]
    def shown_status(self, contract: Contract) -> tuple[str, Any]:
        return standing.of(contract, timezone.now())

    @admin.display(description=_("out"), ordering="start_at")
    def out(self, contract: Contract) -> str:
        return clock.shown(contract.start_at, contract.pickup_branch.zone)

    @admin.display(description=_("back"), ordering="end_at")
    def back(self, contract: Contract) -> str:
        return clock.shown(contract.end_at, contract.pickup_branch.zone)

    @admin.display(description=_("picked up"))
    def picked_up(self, contract: Contract) -> str:
        return clock.shown(contract.picked_up_at, contract.pickup_branch.zone)

    @admin.display(description=_("returned"))
    def returned(self, contract: Contract) -> str:
        return clock.shown(contract.returned_at, contract.pickup_branch.zone)

    @admin.display(description=_("held until"))
    def held_until(self, contract: Contract) -> str:
        return clock.shown(contract.hold_expires_at, contract.pickup_branch.zone)

    @admin.display(description=_("ended"))
    def ended(self, contract: Contract) -> str:
        return clock.shown(contract.ended_at, contract.pickup_branch.zone)

    @admin.display(description=_("total"))
    def figure_total(self, contract: Contract) -> str:
        return shown(contract.total)

    @admin.display(description=_("to pay"))
    def figure_balance(self, contract: Any) -> str:
        return shown(contract.balance)

    @admin.display(description=_("drivers"))
    def shown_drivers(self, contract: Contract) -> str:
        return ", ".join(driver.name for driver in contract.drivers.all()) or str(contract.customer or "")

    @admin.display(description=_("overridden"))
    def shown_overrides(self, contract: Contract) -> str:
        return "; ".join(f"{one['code']}: {one['reason']}" for one in contract.overrides)


def _flat(fields: Any) -> list[str]:
    return [name for one in fields for name in (one if isinstance(one, tuple) else (one,))]

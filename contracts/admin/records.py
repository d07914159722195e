"""What the steps have written, as lists: lines, charges, payments, cars, hand-overs; and the extras."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contracts import payments
from contracts.admin import explained
from contracts.admin.filters import DaysFilter
from contracts.admin.money import NewPaymentForm
from contracts.admin.worded import Slips, Worded
from contracts.models import Assignment, Charge, Contract, Extra, Handover, Payment, PriceLine
from files.admin import FilesAdmin
from fleet.admin.base import FleetAdmin
from fleet.admin.records import RecordAdmin
from fleet.admin.steps import ask

_CONTRACT = ("contract", AutocompleteSelectFilter)


@admin.register(Extra)
class ExtraAdmin(FleetAdmin):
    explains = explained.EXTRA
    list_display = ("name", "code", "charge", "price", "max_quantity", "stock", "is_active")
    list_filter = (("charge", ChoicesDropdownFilter), "is_active")
    search_fields = ("code", "name")
    ordering = ("name",)
    fields = (("name", "code"), ("charge", "price"), ("max_quantity", "stock"), "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # taken off the offer instead


@admin.register(Payment)
class PaymentAdmin(Slips, RecordAdmin):
    list_display = ("at", "contract", "kind", "method", "amount", "slip", "created_by")
    more_columns = ("note", "created_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("method", ChoicesDropdownFilter), ("at", DaysFilter), _CONTRACT)
    list_filter_submit = True
    list_select_related = ("contract", "created_by")
    search_fields = ("contract__reference__istartswith", "external_id__exact")
    ordering = ("-at", "-id")
    fields = ("contract", "kind", "method", "amount", "slip", "note", "at", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return Payment.objects.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("contracts.add_payment")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied

        def record(data: dict[str, Any]) -> tuple[Any, Contract]:
            by: Any = request.user
            contract = data.pop("contract")
            payment = payments.record(contract.pk, **data, by=by, now=timezone.now())
            return _("Written: %(payment)s.") % {"payment": payment}, contract

        initial = {"contract": request.GET.get("contract", "")}
        return ask(self, request, NewPaymentForm, record, title=_("Write a payment"), initial=initial)


@admin.register(Charge)
class ChargeAdmin(Worded, RecordAdmin):
    list_display = ("contract", "kind", "amount", "shown_status", "why", "created_at")
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), _CONTRACT)
    list_filter_submit = True
    list_select_related = ("contract",)
    search_fields = ("contract__reference__istartswith",)
    ordering = ("-id",)
    fields = ("contract", "kind", "why", "quantity", "unit_price", "amount", "shown_status", "reason", "line")

    @display(  # type: ignore[untyped-decorator]
        description=_("status"),
        label={Charge.Status.PROPOSED: "warning", Charge.Status.ACCEPTED: "success", Charge.Status.WAIVED: ""},
        ordering="status",
    )
    def shown_status(self, charge: Charge) -> tuple[str, Any]:
        return charge.status, charge.get_status_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Charge]:
        return Charge.objects.visible_to(request.user)


@admin.register(PriceLine)
class PriceLineAdmin(Worded, RecordAdmin):
    list_display = ("contract", "kind", "told", "quantity", "unit_price", "amount")
    list_filter = (("kind", ChoicesDropdownFilter), ("extra", AutocompleteSelectFilter), _CONTRACT)
    list_filter_submit = True
    list_select_related = ("contract",)
    search_fields = ("contract__reference__istartswith",)
    ordering = ("-id",)
    fields = ("contract", "kind", "extra", "told", "why", "quantity", "unit_price", "amount")


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    list_display = ("contract", "seq", "car", "reason", "closed_at")
    list_filter = (("reason", ChoicesDropdownFilter), _CONTRACT, ("occupancy__car", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("contract", "occupancy__car")
    search_fields = ("contract__reference__istartswith",)
    ordering = ("-id",)
    fields = ("contract", "seq", "car", "reason", "occupancy", "closed_at")
    readonly_fields = ("car",)

    @admin.display(description=_("car"))
    def car(self, assignment: Assignment) -> str:
        return str(assignment.occupancy.car)


@admin.register(Handover)
class HandoverAdmin(FilesAdmin, RecordAdmin):
    list_display = ("at", "contract", "car", "kind", "odometer_km", "fuel_eighths", "battery_pct", "is_clean", "by")
    more_columns = ("remarks", "created_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("at", DaysFilter), "is_clean", ("by", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("assignment__contract", "assignment__occupancy__car", "by")
    search_fields = ("assignment__contract__reference__istartswith",)
    ordering = ("-id",)  # as they were written; by the moment no index leads, there are millions
    fields = (
        *("contract", "car", "kind", "at", "by"),
        *("odometer_km", "fuel_eighths", "battery_pct", "is_clean", "remarks"),
    )
    readonly_fields = ("contract", "car")

    def may_attach(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and request.user.has_perms(("contracts.check_out_contract", "files.add_file"))

    @admin.display(description=_("contract"))
    def contract(self, handover: Handover) -> str:
        return handover.assignment.contract.reference

    @admin.display(description=_("car"))
    def car(self, handover: Handover) -> str:
        return str(handover.assignment.occupancy.car)

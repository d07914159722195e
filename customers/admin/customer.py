"""Customers in the admin: found by anything the counter has at hand, masked for those who may not see."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers import flags, phones, verification
from customers.admin import explained
from customers.admin.filters import OpenFlagFilter
from customers.admin.forms import CustomerForm, RaiseFlagForm
from customers.admin.inlines import DocumentInline, FlagInline
from customers.admin.privacy import Privacy
from customers.admin.showing import VerifyForm
from customers.models import Customer, Flag
from customers.privacy import hidden, masked
from fleet.admin.base import FleetAdmin
from fleet.admin.bulk import bulk
from fleet.admin.steps import step

_MASKS: Final[dict[str, Callable[[object], str]]] = {
    **dict.fromkeys(("email", "phone", "personal_id", "passport_number", "licence_number", "vat_number"), masked),
    **dict.fromkeys(("address", "birth_date", "notes"), hidden),
}
_PERSON: Final = ("kind", ("name", "father_name"), ("company_name", "vat_number"), ("birth_date", "personal_id"))
_CONTACT: Final = (("email", "phone"), ("address", "city"), ("country", "language"))
_LICENCE: Final = (("licence_number", "licence_country"), ("licence_issued_on", "licence_expires_on"))
_PASSPORT: Final = (("passport_number", "passport_expires_on"),)
_RECORD: Final = ("notes", ("verified_at", "verified_by"), ("status", "merged_into"))


def _shown_masked(name: str) -> Any:
    field: Any = Customer._meta.get_field(name)

    @display(description=field.verbose_name)  # type: ignore[untyped-decorator]
    def shown(model_admin: Any, customer: Customer) -> str:
        return _MASKS[name](getattr(customer, name))

    return shown


@admin.register(Customer)
class CustomerAdmin(Privacy, FleetAdmin):
    explains = explained.CUSTOMER
    form = CustomerForm
    list_display = ("name", "kind", "phone", "city", "licence_number", "licence_expires_on", "is_verified", "flagged")
    more_columns = (
        *("email", "address", "country", "birth_date", "personal_id", "passport_number", "passport_expires_on"),
        *("licence_country", "company_name", "vat_number", "language", "status", "created_at"),
    )
    export_permissions = ("customers.view_pii",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("verified_at", admin.EmptyFieldListFilter),
        OpenFlagFilter,
        ("country", ChoicesDropdownFilter),
    )
    list_filter_submit = True
    search_fields = ("name",)  # shows the box; get_search_results() answers
    search_help_text = _("Name, phone, e-mail, licence or passport; typos and accents do not matter.")
    ordering = ("name", "id")
    inlines = (FlagInline, DocumentInline)
    actions = ("flag_many",)
    actions_detail = ("verify", "unverify", "flag", "merge", "export_data", "erase")
    readonly_fields = ("verified_at", "verified_by", "status", "merged_into")
    fieldsets = (
        (None, {"fields": _PERSON}),
        (_("Contact"), {"fields": _CONTACT}),
        (_("Driving licence"), {"fields": _LICENCE}),
        (_("Passport"), {"fields": _PASSPORT}),
        (_("Record"), {"fields": _RECORD}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        open_flags = Prefetch("flags", Flag.objects.open(), to_attr="open_flags")
        return Customer.objects.visible_to(request.user).select_related("verified_by").prefetch_related(open_flags)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        found: Any = queryset
        return (found.search(search_term) if _sees(request) else found.named_like(search_term)), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Who may not see a number may not ask for it in the address either.
        personal = lookup.split("__")[0] in _MASKS
        return bool(super().lookup_allowed(lookup, value, request)) and (not personal or _sees(request))

    def every_column(self, request: HttpRequest) -> Any:
        names = _masked_names(super().every_column(request), request)
        return tuple("shown_phone" if name == "phone" else name for name in names)

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        shown = [(title, {"fields": _masked_names(options["fields"], request)}) for title, options in self.fieldsets]
        # The second look: somebody with the same number or a similar name is known (customers/admin/forms.py).
        return shown if obj or request.method != "POST" else [(None, {"fields": ("allow_duplicate",)}), *shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        declared = super().get_readonly_fields(request, obj)
        return declared if _sees(request) else (*declared, *(f"masked_{name}" for name in _MASKS))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.asked_by = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        living = obj is None or obj.status == Customer.Status.ACTIVE
        return living and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # anonymised instead

    @display(description=_("phone"), ordering="phone")  # type: ignore[untyped-decorator]
    def shown_phone(self, customer: Customer) -> str:
        return phones.shown(customer.phone)

    @display(description=_("verified"), boolean=True)  # type: ignore[untyped-decorator]
    def is_verified(self, customer: Customer) -> bool:
        return customer.verified_at is not None

    @display(description=_("flags"))  # type: ignore[untyped-decorator]
    def flagged(self, customer: Any) -> str:
        return _flags_of(customer)

    @step(
        _("Verify"),
        permission="customers.verify_customer",
        form=VerifyForm,
        when=lambda customer: customer.verified_at is None,
        icon="verified_user",
        description=_("You have seen the papers and they are as recorded here."),
    )
    def verify(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Any:
        with transaction.atomic():
            data["papers"].take(by=request.user, now=timezone.now())
        return _("The customer is verified.")

    @step(
        _("Take back the verification"),
        permission="customers.verify_customer",
        when=lambda customer: customer.verified_at is not None,
        icon="gpp_bad",
        danger=True,
    )
    def unverify(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Any:
        verification.unverify(customer.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The customer is not verified any more.")

    @step(_("Flag"), permission="customers.add_flag", form=RaiseFlagForm, icon="flag")
    def flag(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Any:
        flags.raise_flag(customer.pk, **data, by=request.user)  # type: ignore[arg-type]
        return _("The customer is flagged.")

    @bulk(_("Flag"), permission="customers.add_flag", form=RaiseFlagForm, shows=lambda one: _flags_of(one))
    def flag_many(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> None:
        flags.raise_flag(customer.pk, **data, by=request.user)  # type: ignore[arg-type]


def _flags_of(customer: Any) -> str:
    return ", ".join(str(flag.get_kind_display()) for flag in customer.open_flags) or "–"


for _name in _MASKS:
    setattr(CustomerAdmin, f"masked_{_name}", _shown_masked(_name))


def _sees(request: HttpRequest) -> bool:
    return request.user.has_perm("customers.view_pii")


def _masked_names(names: Any, request: HttpRequest) -> Any:
    """Replace the columns that this user may not see by their masked twins."""
    if _sees(request):
        return names
    return tuple(
        _masked_names(name, request) if isinstance(name, tuple) else f"masked_{name}" if name in _MASKS else name
        for name in names
    )

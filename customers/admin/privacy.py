"""Buttons for what a person may ask for, and for two rows that are one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from customers import erasure, exporting, merging
from customers.models import Customer, Flag
from fleet.admin.forms import Section, StepForm, searching
from fleet.admin.steps import step


def _living(customer: Customer) -> bool:
    return customer.status == Customer.Status.ACTIVE


class MergeForm(StepForm):
    duplicate = forms.ModelChoiceField(Customer.objects.none(), label=_("the same person's other entry"))
    different_licences = forms.BooleanField(label=_("both licences belong to one person"), required=False)

    def prepare(self) -> None:
        field: Any = self.fields["duplicate"]
        field.queryset = Customer.objects.living().visible_to(self.request.user).exclude(pk=self.row.pk)
        field.widget = searching(Flag, "customer")
        field.widget.choices = field.choices


class EraseForm(StepForm):
    """Says first what it would do."""

    sure = forms.BooleanField(label=_("I have read what goes and what stays. There is no way back."))

    def prepare(self) -> None:
        self.plan = erasure.plan(self.row)
        if self.plan.waits:
            del self.fields["sure"]

    def sections(self) -> Iterator[Section]:
        if self.plan.waits:
            yield Section([], _("It must wait"), _listed((one, "") for one in self.plan.waits))
        yield Section([], _("What goes"), _listed((count, what) for what, count in self.plan.goes.items()))
        stays = ((f"{one.count} {one.what}", f"– {one.why}") for one in self.plan.stays)
        yield Section([], _("What stays, and why"), _listed(stays))
        yield from super().sections()


class Privacy:
    """The buttons; a mix-in of CustomerAdmin."""

    @step(
        _("Merge"),
        permission="customers.merge_customer",
        form=MergeForm,
        when=_living,
        icon="merge",
        description=_("Contracts, drives, documents and flags of the other entry move here. There is no way back."),
    )
    def merge(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Any:
        duplicate, by, now = data.pop("duplicate"), request.user, timezone.now()
        merging.merge(customer.pk, duplicate.pk, **data, by=by, now=now)  # type: ignore[arg-type]
        return _("%(duplicate)s is part of this customer now.") % {"duplicate": duplicate}

    @action(description=_("Export data"), permissions=["customers.export_customer"], url_path="data", icon="archive")  # type: ignore[untyped-decorator]
    def export_data(self: Any, request: HttpRequest, object_id: str) -> FileResponse:
        customer = self.get_object(request, object_id)
        if customer is None:
            raise Http404
        if not request.user.has_perm("customers.export_customer"):
            raise PermissionDenied
        name = exporting.name_of(customer)
        return FileResponse(exporting.archive(customer), as_attachment=True, filename=name)

    @step(
        _("Erase"),
        permission="customers.erase_customer",
        form=EraseForm,
        when=_living,
        icon="person_remove",
        danger=True,
        description=_("The person's data go; what the law keeps stays under a pseudonym."),
    )
    def erase(self, request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Any:
        erasure.erase(customer.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The customer is erased.")


def _listed(rows: Any) -> Any:
    return format_html_join(mark_safe("<br>"), "{} {}", rows)

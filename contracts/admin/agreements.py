"""Agreements in the admin: every version opens as a PDF, the newest is signed on a pad."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from contracts import pdf
from contracts.admin.filters import DaysFilter
from contracts.models import Agreement
from fleet.admin.forms import StepForm
from fleet.admin.records import RecordAdmin

_LINK: Final = "font-medium underline text-primary-600 dark:text-primary-500"


@admin.display(description=_("PDF"))
def pdf_link(agreement: Agreement) -> str:
    where = reverse("admin:contracts_agreement_file", args=[agreement.pk])
    return format_html('<a href="{}" class="{}" target="_blank" rel="noopener">{}.pdf</a>', where, _LINK, agreement)


@admin.register(Agreement)
class AgreementAdmin(RecordAdmin):
    list_display = ("contract", "number", "occasion", "language", "created_at", "signed_at")
    list_filter = (("signed_at", DaysFilter), ("contract", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("contract",)
    search_fields = ("contract__reference__istartswith", "verification_code__exact")
    ordering = ("-id",)
    fields = ("contract", "number", "occasion", "language", "pdf", "sha256", "pdf_sha256", "created_at", "signed_at")
    readonly_fields = ("pdf",)

    pdf = admin.display(description=_("PDF"))(lambda self, agreement: pdf_link(agreement))

    def get_urls(self) -> list[URLPattern]:
        opened = self.admin_site.admin_view(self.open_pdf)
        return [path("<uuid:pk>/file/", opened, name="contracts_agreement_file"), *super().get_urls()]

    def open_pdf(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show the PDF, also while the file storage is silent; put on record. It holds all of a customer's data."""
        agreement = self.get_object(request, str(pk))
        if agreement is None:
            raise Http404
        if not self.has_view_permission(request, agreement) or not request.user.has_perm("customers.view_pii"):
            raise PermissionDenied
        return pdf.response(agreement)


class Pad(forms.HiddenInput):
    """A field to sign in with finger, pen or mouse; it sends strokes as JSON."""

    template_name = "admin/contracts/pad.html"
    input_type = "hidden"
    is_hidden = False  # it has a label and errors like any other

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> Any:
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - our template, which escapes

    class Media:
        js = (Script("fleet/js/signature.js", defer=True),)


class SignForm(StepForm):
    strokes = forms.JSONField(
        label=_("signature"), widget=Pad, error_messages={"required": _("Nobody has signed yet.")}
    )
    name = forms.CharField(label=_("name of who signs"), max_length=120, required=False)
    agreement = forms.UUIDField(widget=forms.HiddenInput)
    text_sha256 = forms.CharField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        newest = Agreement.objects.filter(contract=self.row).select_related("contract").newest_first().first()
        if newest is None:
            return
        self.fields["agreement"].initial, self.fields["text_sha256"].initial = newest.pk, newest.sha256
        self.fields["name"].initial = newest.snapshot.get("renter", {}).get("name", "")
        self.fields["strokes"].help_text = format_html("{} {}", _("This is what is signed:"), pdf_link(newest))

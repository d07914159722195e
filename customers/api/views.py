"""customers/, documents/, flags/ and countries/."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import countries, flags, verification
from customers.api.filters import CustomerFilters, DocumentFilters, FlagFilters
from customers.api.privacy import PRIVACY, PRIVACY_INPUTS, PrivacyMixin
from customers.api.serializers import (
    CUSTOMER,
    CountriesOutput,
    CustomerSerializer,
    DocumentSerializer,
    FlagSerializer,
    NewCustomerInput,
)
from customers.models import Customer, Document, Flag
from customers.querysets import CustomerQuerySet
from files.api.records import FilesMixin, file_permissions
from fleet.api.exporting import ExportMixin
from fleet.api.permissions import LOGGED_IN
from fleet.api.views import CreateMixin, FleetView, UpdateMixin


class CustomerViewSet(PrivacyMixin, ExportMixin[Customer], CreateMixin[Customer], UpdateMixin[Customer]):
    """Who rents and who drives. Never deleted; without `customers.view_pii` numbers and addresses are masked."""

    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    shapes = {"list": CUSTOMER, "retrieve": CUSTOMER}
    filterset_class = CustomerFilters
    searchable = True
    sorts = ("name", "city", "created_at", "updated_at")
    permissions = {
        "list": "customers.view_customer",
        "retrieve": "customers.view_customer",
        "history": ("customers.view_customer", "customers.view_pii"),
        "export": ("customers.view_customer", "customers.view_pii"),
        "create": "customers.add_customer",
        "update": "customers.change_customer",
        "verify": "customers.verify_customer",
        "unverify": "customers.verify_customer",
        **PRIVACY,
    }
    inputs = {"create": NewCustomerInput, **PRIVACY_INPUTS}
    downloads = {**ExportMixin.downloads, "data_export": ("application/zip",)}
    exports = {
        "Name": "name",
        "Kind": "kind",
        "Company": "company_name",
        "VAT number": "vat_number",
        "E-mail": "email",
        "Phone": "phone",
        "Address": "address",
        "City": "city",
        "Country": "country",
        "Born": "birth_date",
        "Licence": "licence_number",
        "Licence country": "licence_country",
        "Licence until": "licence_expires_on",
        "Passport": "passport_number",
        "Passport until": "passport_expires_on",
        "Status": "status",
        "Verified": "verified_at",
        "Id": "id",
    }

    def get_queryset(self) -> CustomerQuerySet:
        return Customer.objects.visible_to(self.request.user)

    def search(self, queryset: CustomerQuerySet, text: str) -> CustomerQuerySet:
        # Who may not see numbers may not find out whose they are.
        sees = self.by.has_perm("customers.view_pii")
        return queryset.search(text) if sees else queryset.named_like(text)

    @extend_schema(request=None, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Confirm that the papers were seen: 409 `papers_incomplete` or `licence_expired` when they cannot hold."""
        return self.answer(verification.verify(self.get_object().pk, by=self.by, now=timezone.now()))

    @extend_schema(request=None, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    def unverify(self, request: Request, pk: str) -> Response:
        """Take the confirmation back."""
        return self.answer(verification.unverify(self.get_object().pk, by=self.by, now=timezone.now()))


class DocumentViewSet(FilesMixin[Document], CreateMixin[Document], UpdateMixin[Document]):
    """What is known of the scans of a customer's papers."""

    queryset = Document.objects.with_file()
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilters
    sorts = ("created_at", "expires_on")
    permissions = {
        "list": "customers.view_document",
        "retrieve": "customers.view_document",
        "create": "customers.add_document",
        "update": "customers.change_document",
        **file_permissions("customers.view_document", "customers.change_document"),
        "verify": "customers.verify_customer",
    }

    @extend_schema(request=None, responses=DocumentSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Confirm that the scan shows what it should."""
        return self.answer(verification.verify_document(self.get_object().pk, by=self.by, now=timezone.now()))


class FlagViewSet(CreateMixin[Flag]):
    """What the counter must know about a customer. A flag is cleared, never changed or deleted."""

    queryset = Flag.objects.all()
    serializer_class = FlagSerializer
    filterset_class = FlagFilters
    sorts = ("created_at",)
    permissions = {
        "list": "customers.view_flag",
        "retrieve": "customers.view_flag",
        "create": "customers.add_flag",
        "clear": "customers.change_flag",
    }

    @extend_schema(request=None, responses=FlagSerializer)
    @action(detail=True, methods=["post"])
    def clear(self, request: Request, pk: str) -> Response:
        """Close the flag; it stays in the history."""
        return self.answer(flags.clear_flag(self.get_object().pk, by=self.by, now=timezone.now()))


class CountriesView(FleetView):
    """Every country: ISO 3166-1 code, name, flag and dial code."""

    permissions = {"get": LOGGED_IN}

    @extend_schema(responses=CountriesOutput)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response({"data": [asdict(country) for country in countries.all_countries()]})

"""extras/, charges/, payments/: what has a price."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from contracts import charges, payments
from contracts.api import columns, inputs
from contracts.api.filters import ChargeFilters, ExtraFilters, PaymentFilters
from contracts.api.money import ChargeSerializer, ExtraSerializer, PaymentInput, PaymentSerializer
from contracts.models import Charge, Extra, Payment
from fleet.api.exporting import ExportMixin
from fleet.api.views import EditViewSet, FleetViewSet
from fleet.errors import Invalid, NotFound


class ExtraViewSet(EditViewSet[Extra]):
    """What is rented along with a car. An extra that was ever rented is switched off, not deleted."""

    queryset = Extra.objects.all()
    serializer_class = ExtraSerializer
    filterset_class = ExtraFilters
    sorts = ("name", "code", "price", "created_at")
    permissions = {
        "list": "contracts.view_extra",
        "retrieve": "contracts.view_extra",
        "create": "contracts.add_extra",
        "update": "contracts.change_extra",
        "destroy": "contracts.delete_extra",
    }


class ChargeViewSet(FleetViewSet[Charge]):
    """What returns cost extra: found by formula, decided by people."""

    queryset = Charge.objects.all()
    serializer_class = ChargeSerializer
    filterset_class = ChargeFilters
    sorts = {"created_at": "id", "amount": "amount"}
    permissions = {
        "list": "contracts.view_charge",
        "retrieve": "contracts.view_charge",
        "accept": "contracts.accept_charge",
        "waive": "contracts.waive_charge",
    }
    inputs = {"accept": inputs.NoInput, "waive": inputs.ReasonInput}

    def get_queryset(self) -> QuerySet[Charge]:
        return Charge.objects.visible_to(self.request.user)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Put the charge on the bill."""
        charge = self.get_object()
        return self.answer(charges.accept(charge.pk, by=self.by, now=timezone.now(), **self.validated()))

    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: str) -> Response:
        """Let the charge go, and say why."""
        charge = self.get_object()
        return self.answer(charges.waive(charge.pk, by=self.by, now=timezone.now(), **self.validated()))


class PaymentViewSet(ExportMixin[Payment], FleetViewSet[Payment]):
    """Payments, refunds and deposits. A mistake is refunded; nothing is changed or deleted."""

    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilters
    sorts = ("at", "amount")
    permissions = {
        "list": "contracts.view_payment",
        "retrieve": "contracts.view_payment",
        "export": "contracts.view_payment",
        # What else a refund or a kept deposit needs is the verb's to say.
        "create": "contracts.add_payment",
    }
    inputs = {"create": PaymentInput}
    exports = columns.PAYMENTS

    def get_queryset(self) -> QuerySet[Payment]:
        return Payment.objects.visible_to(self.request.user)

    def exported(self) -> QuerySet[Payment]:
        return self.get_queryset().select_related("contract", "created_by")

    @extend_schema(responses={201: PaymentSerializer, 200: PaymentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record money; the same `external_id` again answers 200 with the first payment."""
        form = self.validated()
        contract_id = form.pop("contract")
        try:
            return self.recorded(contract_id, form)
        except NotFound as error:
            raise Invalid(contract=f"There is no contract {contract_id}.", code="unknown_contract") from error

    def recorded(self, contract_id: Any, form: dict[str, Any]) -> Response:
        now = timezone.now()
        payment = payments.record(contract_id, **form, by=self.by, now=now)
        response = self._shown(payment, 201 if payment.at == now else 200)  # as it was just written or read
        if response.status_code == 201:
            response["Location"] = reverse("payment-detail", [payment.pk], request=self.request)
        return response

"""Lists that hang below a contract, a customer or a car."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from cars.models import Car
from contracts.api.money import ContractPaymentInput, PaymentSerializer
from contracts.api.money_views import ChargeViewSet, PaymentViewSet
from contracts.api.views import ContractViewSet
from contracts.models import Charge, Contract, Payment
from contracts.querysets import ContractQuerySet
from customers.models import Customer
from fleet.api.views import FleetViewSet


class _Below[M: models.Model](FleetViewSet[M]):
    """A list whose address begins with the row it belongs to: 404 when that is not visible."""

    def owner(self) -> Any:
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.owner()
        return super().list(request, *args, **kwargs)


class _BelowContract[M: models.Model](_Below[M]):
    def owner(self) -> Contract:
        return get_object_or_404(Contract.objects.visible_to(self.by), pk=self.kwargs["id"])


class ContractCharges(_BelowContract[Charge], ChargeViewSet):
    """The charges of one contract."""

    def get_queryset(self) -> QuerySet[Charge]:
        return super().get_queryset().filter(contract=self.kwargs["id"])


class ContractPayments(_BelowContract[Payment], PaymentViewSet):
    """The money of one contract."""

    inputs = {"create": ContractPaymentInput}

    def get_queryset(self) -> QuerySet[Payment]:
        return super().get_queryset().filter(contract=self.kwargs["id"])

    @extend_schema(responses={201: PaymentSerializer, 200: PaymentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record money; the same `external_id` again answers 200 with the first payment."""
        return self.recorded(self.kwargs["id"], self.validated())


class CustomerContracts(_Below[Contract], ContractViewSet):
    """What a customer has booked and rented."""

    permissions = {"list": ("customers.view_customer", "contracts.view_contract")}

    def owner(self) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.by), pk=self.kwargs["id"])

    def get_queryset(self) -> ContractQuerySet:
        return super().get_queryset().filter(customer=self.kwargs["id"])


class CarContracts(_Below[Contract], ContractViewSet):
    """The contracts whose car this is; a swapped-out car stays in the contract's assignments."""

    permissions = {"list": ("cars.view_car", "contracts.view_contract")}

    def owner(self) -> Car:
        return get_object_or_404(Car.objects.all(), pk=self.kwargs["id"])

    def get_queryset(self) -> ContractQuerySet:
        return super().get_queryset().filter(car=self.kwargs["id"])

"""contracts/: a rental from the first call to the last cent."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import charges, lifecycle, moving, quotation, underway
from contracts.api import columns, examples, inputs, privacy, shapes, steps
from contracts.api.filters import ContractFilters
from contracts.api.quotes import QuoteOutput
from contracts.api.serializers import ContractRow, ContractSerializer
from contracts.errors import NotRentable
from contracts.models import Contract
from contracts.querysets import ContractQuerySet
from fleet.api.exporting import ExportMixin
from fleet.api.views import UpdateMixin


class ContractViewSet(ExportMixin[Contract], UpdateMixin[Contract]):
    """Bookings and rentals. The status changes by steps only; nothing is deleted."""

    queryset = Contract.objects.all()
    serializer_class = ContractSerializer
    filterset_class = ContractFilters
    searchable = True
    # Ids are ordered by the time of creation, and their index exists.
    sorts = {
        "start_at": "start_at",
        "end_at": "end_at",
        "reference": "reference",
        "created_at": "id",
        "total": "total",
    }
    http_method_names = ["get", "head", "post", "patch"]
    permissions = {
        "list": "contracts.view_contract",
        "retrieve": "contracts.view_contract",
        "history": ("contracts.view_contract", "contracts.view_handover"),
        "create": "contracts.book_contract",
        "quote": "contracts.book_contract",
        "export": ("contracts.view_contract", "contracts.view_payment"),
        "update": "contracts.change_contract",
        **steps.PERMISSIONS,
    }
    inputs = {
        "create": inputs.BookingInput,
        "quote": inputs.BookingInput,
        "update": inputs.ContractPatch,
        "partial_update": inputs.ContractPatch,
        **steps.INPUTS,
    }
    exports = columns.CONTRACTS
    shapes = {"list": shapes.ROW, "retrieve": shapes.WHOLE}

    def get_queryset(self) -> ContractQuerySet:
        seen = Contract.objects.visible_to(self.request.user)
        return seen.with_desk().with_money() if self.action == "export" else seen

    def shown(self) -> ContractQuerySet:
        return self.get_queryset().with_money()

    def get_serializer_class(self) -> Any:
        return ContractRow if self.action == "list" else super().get_serializer_class()

    def handle_exception(self, exc: Exception) -> Response:
        known = isinstance(exc, NotRentable) and self.request.user.is_authenticated
        return super().handle_exception(privacy.told(exc, self.by) if known else exc)  # type: ignore[arg-type]

    @extend_schema(
        responses={201: ContractSerializer, 200: examples.REPEATED, **examples.REFUSED}, examples=[examples.BOOK]
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Book. The price is ours; an `external_ref` that came before answers 200 with the first contract."""
        form, now = self.validated(), timezone.now()
        contract = lifecycle.book(**form, by=self.by, now=now)
        return self.answer(contract, 201 if contract.created_at >= now else 200)

    @extend_schema(responses={200: QuoteOutput}, examples=[examples.BOOK])
    @action(detail=False, methods=["post"])
    def quote(self, request: Request) -> Response:
        """Say what a booking would cost and whether it would be taken; write nothing."""
        quote = quotation.quote(self.validated()["wanted"], now=timezone.now())
        shown: dict[str, Any] = dict(QuoteOutput(quote, context=self.get_serializer_context()).data)
        return Response({**shown, "refusals": privacy.discreet(shown["refusals"], self.by)})

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Promise the car: pending → confirmed. A customer is named and the deposit held, taken now or waived."""
        return self._step(lifecycle.confirm)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Call it off: pending, confirmed → cancelled. The car is free again."""
        return self._step(lifecycle.cancel)

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED})
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, pk: str) -> Response:
        """Give a pending or confirmed booking other days or another car; rates stay, days are counted anew."""
        return self._step(moving.reschedule)

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Bring an expired booking back within 5 days, if the car is still free: expired → pending."""
        return self._step(lifecycle.reopen)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, pk: str) -> Response:
        """Nobody came within 2 hours: confirmed → no_show."""
        return self._step(lifecycle.mark_no_show)

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED}, examples=[examples.CHECK_OUT])
    @action(detail=True, methods=["post"], url_path="check-out")
    def check_out(self, request: Request, pk: str) -> Response:
        """Hand the car over: confirmed → active. The gate is asked again, with the drivers' licences."""
        return self._step(lifecycle.check_out)

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED})
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """Agree on a later end while the car is out; the added days get their own line."""
        return self._step(underway.extend)

    @extend_schema(responses={200: ContractSerializer, **examples.REFUSED})
    @action(detail=True, methods=["post"])
    def swap(self, request: Request, pk: str) -> Response:
        """Change the car while it is out: one comes in, another goes out, the agreed price stays."""
        return self._step(underway.swap)

    @extend_schema(examples=[examples.CHECK_IN, examples.CHECKED_IN])
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, pk: str) -> Response:
        """Take the car back: active → returned. Late hours, km, fuel, cleaning and damage are proposed as charges."""
        return self._step(lifecycle.check_in)

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """Close the books: returned → closed. Every charge decided, nothing owed, no deposit held."""
        return self._step(lifecycle.settle)

    @action(detail=True, methods=["post"])
    def lines(self, request: Request, pk: str) -> Response:
        """Add a discount, a fine or another line to the bill."""
        return self._step(charges.add_line)

    def _step(self, verb: Callable[..., Contract]) -> Response:
        contract = self.get_object()  # 404 and If-Match before any lock
        return self.answer(verb(contract.pk, by=self.by, now=timezone.now(), **self.validated()))

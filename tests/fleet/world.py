"""A small API on the kit, over branches and users, for the kit's own tests."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import NullIf
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.models import User
from cars.models import Branch
from fleet.api.fields import InstantField, MoneyField
from fleet.api.filters import FlagFilter, InstantFilter
from fleet.api.permissions import ANYONE, LOGGED_IN
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.api.views import EditViewSet, FleetView
from fleet.errors import DomainError


class BranchSerializer(StrictModelSerializer):
    class Meta:
        model = Branch
        fields = ("id", "code", "name", "time_zone", "phone", "email", "is_active", "created_at", "version")
        read_only_fields = ("id", "created_at", "version")


class BranchFilters(django_filters.FilterSet):
    is_active = FlagFilter()
    created_after = InstantFilter(field_name="created_at", lookup_expr="gte")
    id = django_filters.UUIDFilter()

    class Meta:
        model = Branch
        fields = ("code",)


@dataclass(frozen=True)
class Order:
    at: datetime
    amount: Decimal


class PersonInput(StrictSerializer):
    name = serializers.CharField(max_length=10)


class OrderInput(StrictSerializer):
    into = Order
    at = InstantField()
    amount = MoneyField(min_value=Decimal(0))
    people = PersonInput(many=True, required=False, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("people", None)
        return attrs


class BranchViewSet(EditViewSet[Branch]):
    queryset = Branch.objects.annotate(
        phone_or_null=NullIf("phone", Value(""), output_field=CharField()),
    )
    serializer_class = BranchSerializer
    filterset_class = BranchFilters
    sorts = {"code": "code", "name": "name", "phone": "phone_or_null", "created_at": "created_at"}
    permissions = {
        "list": "cars.view_branch",
        "retrieve": "cars.view_branch",
        "create": "cars.add_branch",
        "update": "cars.change_branch",
        "destroy": "cars.delete_branch",
        "close": ("cars.change_branch", "cars.delete_branch"),
        "order": "cars.view_branch",
        "refuse": "cars.view_branch",
    }
    inputs = {"order": OrderInput}
    parameters = {"close": ("reason",)}
    crashes: ClassVar[list[Exception]] = []

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        branch = self.get_object()
        branch.is_active = False
        branch.save()
        return self.answer(branch)

    @action(detail=False, methods=["post"])
    def order(self, request: Request) -> Response:
        """Do something once and count it: each call adds a branch."""
        order = self.validated()
        Branch.objects.create(code=f"b{Branch.objects.count()}", name="Counted")
        if self.crashes:
            raise self.crashes.pop()
        return Response({"amount": order.amount, "branches": Branch.objects.count(), "secret": "s3cret"}, 201)

    @action(detail=False, methods=["post"])
    def refuse(self, request: Request) -> Response:
        Branch.objects.create(code="lost", name="Rolled back")
        raise DomainError(
            "The car is taken.", code="occupied", until=datetime(2026, 1, 1, tzinfo=UTC), amount=Decimal("1.50")
        )

    @action(detail=False, methods=["post"])
    def forgotten(self, request: Request) -> Response:
        return Response({})


class UserOutput(serializers.Serializer[Any]):
    username = serializers.CharField()


def history_of(row: Any) -> QuerySet[User]:
    """Stand in for the audit trail: any queryset will do."""
    return User.objects.order_by("-username")


class RaiseView(FleetView):
    """Raise what the test put here."""

    permissions = {"get": ANYONE, "post": LOGGED_IN}
    error: ClassVar[Exception] = Exception()

    def get(self, request: Request) -> Response:
        raise type(self).error

    def post(self, request: Request) -> Response:
        return Response(request.data)


def slow(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


router = SimpleRouter()
router.register("branches", BranchViewSet)
api = [path("raise/", RaiseView.as_view()), path("crash/", slow), path("", include(router.urls))]
urlpatterns = [path("api/v1/", include(api)), path("crash/", slow)]

handler400 = "fleet.api.handlers.bad_request"
handler403 = "fleet.api.handlers.permission_denied"
handler404 = "fleet.api.handlers.page_not_found"
handler500 = "fleet.api.handlers.server_error"

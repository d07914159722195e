"""The naive stack, as a reference of the same run: model viewsets, nested serializers, a look-up of the user per token.

Served by `manage.py bench` alone, under its own settings (fleet/bench/naive_settings.py).
"""

from collections.abc import Callable
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django_countries.serializers import CountryFieldMixin
from django_ratelimit.decorators import ratelimit
from rest_framework import serializers, viewsets
from rest_framework.routers import SimpleRouter

from cars.models import Branch, Car, Category
from contracts.models import Contract
from customers.models import Customer
from fleet.observability.health import HealthMiddleware

_logger = structlog.get_logger("fleet.bench")
_counted: Final = ratelimit(key="user_or_ip", rate="1000000000/m")


class LogMiddleware:
    """A line about every request, with what is known of it; and the probe that the bench waits for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = HealthMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(method=request.method, path=request.path)
        response = self.get_response(request)
        _logger.info("answered", status=response.status_code)
        return response


class CategorySerializer(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = "__all__"


class BranchSerializer(serializers.ModelSerializer[Branch]):
    class Meta:
        model = Branch
        fields = "__all__"


class CarSerializer(serializers.ModelSerializer[Car]):
    category = CategorySerializer()
    branch = BranchSerializer()

    class Meta:
        model = Car
        fields = "__all__"


class CustomerSerializer(CountryFieldMixin, serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = "__all__"


class ContractSerializer(serializers.ModelSerializer[Contract]):
    car = CarSerializer()
    customer = CustomerSerializer()

    class Meta:
        model = Contract
        fields = "__all__"


@method_decorator(_counted, "dispatch")
class CarViewSet(viewsets.ModelViewSet[Car]):
    queryset = Car.objects.select_related("category", "branch")
    serializer_class = CarSerializer


@method_decorator(_counted, "dispatch")
class CustomerViewSet(viewsets.ModelViewSet[Customer]):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer


@method_decorator(_counted, "dispatch")
class ContractViewSet(viewsets.ModelViewSet[Contract]):
    queryset = Contract.objects.select_related("car__category", "car__branch", "customer").order_by("-start_at", "-id")
    serializer_class = ContractSerializer


_router = SimpleRouter()
_views: Final[dict[str, Any]] = {"cars": CarViewSet, "customers": CustomerViewSet, "contracts": ContractViewSet}
for _name, _view in _views.items():
    _router.register(f"api/v1/{_name}", _view)
urlpatterns = _router.urls

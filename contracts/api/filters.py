"""Query parameters of contracts' lists."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from contracts.models import Charge, Contract, Extra, Payment
from contracts.querysets import ContractQuerySet
from contracts.risks import CODES
from contracts.status import Status
from fleet.api.filters import FlagFilter, InstantFilter

_MOST_DAYS = 366


class _DaysField(forms.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=_MOST_DAYS, **options)


class _DaysFilter(django_filters.Filter):  # type: ignore[misc]
    """Rows whose moment lies between now and so many days later."""

    field_class = _DaysField

    def filter(self, queryset: Any, value: int | None) -> Any:
        if value is None:
            return queryset
        now = timezone.now()
        return queryset.filter(
            **{f"{self.field_name}__gte": now, f"{self.field_name}__lt": now + timedelta(days=value)}
        )


class ContractFilters(django_filters.FilterSet):  # type: ignore[misc]
    status = django_filters.MultipleChoiceFilter(choices=Status.choices, distinct=False)
    overdue = FlagFilter(method="by_overdue", label="Out, and past the agreed end.")
    at_risk = FlagFilter(method="by_risk", label="May fail as things stand: contracts/at-risk/ says why.")
    starts_within = _DaysFilter(field_name="start_at", label="Starts between now and so many days later.")
    ends_within = _DaysFilter(field_name="end_at", label="Ends between now and so many days later.")
    car = django_filters.UUIDFilter(field_name="car_id")
    customer = django_filters.UUIDFilter(field_name="customer_id")
    category = django_filters.CharFilter(method="by_category", label="Code or id.")
    branch = django_filters.UUIDFilter(method="by_branch", label="Where it starts or ends.")
    channel = django_filters.ChoiceFilter(choices=Contract.Channel.choices)
    external_ref = django_filters.CharFilter()

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        # `from` is a word of Python's, so these two cannot be attributes.
        return {
            **super().get_filters(),
            "from": InstantFilter(field_name="end_at", lookup_expr="gt", label="The agreed period reaches beyond it."),
            "to": InstantFilter(field_name="start_at", lookup_expr="lt", label="The agreed period starts before it."),
        }

    def by_overdue(self, queryset: ContractQuerySet, name: str, value: Any) -> ContractQuerySet:
        now = timezone.now()
        return queryset.overdue(now) if value else queryset.exclude(status=Status.ACTIVE, end_at__lt=now)

    def by_risk(self, queryset: ContractQuerySet, name: str, value: Any) -> ContractQuerySet:
        risky = queryset.at_risk(timezone.now())
        return risky if value else queryset.exclude(pk__in=Contract.objects.at_risk(timezone.now()).values("pk"))

    def by_category(self, queryset: ContractQuerySet, name: str, value: str) -> ContractQuerySet:
        try:
            return queryset.filter(category_id=UUID(value))
        except ValueError:
            return queryset.filter(category__code=value)

    def by_branch(self, queryset: ContractQuerySet, name: str, value: UUID) -> ContractQuerySet:
        return queryset.filter(Q(pickup_branch=value) | Q(return_branch=value))


class RiskFilters(django_filters.FilterSet):  # type: ignore[misc]
    risk = django_filters.MultipleChoiceFilter(
        method="by_reason", choices=list(CODES.items()), label="For one of these reasons; several widen the list."
    )
    car = django_filters.UUIDFilter(field_name="car_id")
    branch = django_filters.UUIDFilter(field_name="pickup_branch_id", label="Where it starts.")
    status = django_filters.MultipleChoiceFilter(choices=Status.choices, distinct=False)

    def by_reason(self, queryset: ContractQuerySet, name: str, codes: list[str]) -> ContractQuerySet:
        return queryset.at_risk(timezone.now(), *codes) if codes else queryset


class ChargeFilters(django_filters.FilterSet):  # type: ignore[misc]
    contract = django_filters.UUIDFilter(field_name="contract_id")
    status = django_filters.ChoiceFilter(choices=Charge.Status.choices)

    class Meta:
        model = Charge
        fields = ("contract", "status", "kind")


class PaymentFilters(django_filters.FilterSet):  # type: ignore[misc]
    contract = django_filters.UUIDFilter(field_name="contract_id")

    class Meta:
        model = Payment
        fields = ("contract", "kind", "method", "external_id")

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {
            **super().get_filters(),
            "from": InstantFilter(field_name="at", lookup_expr="gte"),
            "to": InstantFilter(field_name="at", lookup_expr="lt"),
        }


class ExtraFilters(django_filters.FilterSet):  # type: ignore[misc]
    is_active = FlagFilter()

    class Meta:
        model = Extra
        fields = ("is_active", "charge", "code")

"""Query parameters of customers' lists."""

from typing import Final

import django_filters
from django.db.models import QuerySet

from customers import phones
from customers.models import Customer, Document, Flag
from customers.querysets import CustomerQuerySet
from fleet.api.filters import FlagFilter
from fleet.api.pagination import BadParameter
from fleet.errors import Invalid, NotAllowed

# Whoever may not see these may not ask for them either: an answer would confirm a guess.
_PERSONAL: Final = ("phone", "email", "passport", "licence", "personal_id")


class CustomerFilters(django_filters.FilterSet):  # type: ignore[misc]
    kind = django_filters.ChoiceFilter(choices=Customer.Kind.choices)
    status = django_filters.ChoiceFilter(choices=Customer.Status.choices)
    country = django_filters.CharFilter(lookup_expr="iexact")
    city = django_filters.CharFilter(lookup_expr="iexact")
    verified = FlagFilter(field_name="verified_at", lookup_expr="isnull", exclude=True)
    flag = django_filters.ChoiceFilter(choices=Flag.Kind.choices, method="by_flag", label="Kind of an open flag.")
    phone = django_filters.CharFilter(
        method="by_phone",
        label="In any notation; without a country code it is one of `country`, else of the company's own.",
    )
    email = django_filters.CharFilter(method="by_email")
    passport = django_filters.CharFilter(method="by_passport", label="Passport number.")
    licence = django_filters.CharFilter(method="by_licence", label="Licence number.")
    personal_id = django_filters.CharFilter()

    class Meta:
        model = Customer
        fields = ("kind", "status", "country", "city", "verified", "flag", *_PERSONAL)

    def filter_queryset(self, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        personal = [name for name in _PERSONAL if self.form.cleaned_data.get(name)]
        if personal and not self.request.user.has_perm("customers.view_pii"):
            raise NotAllowed(f"Filtering by {personal[0]} needs the permission customers.view_pii.")
        found: QuerySet[Customer] = super().filter_queryset(queryset)
        return found

    def by_flag(self, queryset: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return queryset.filter(pk__in=Flag.objects.open().filter(kind=value).values("customer"))

    def by_phone(self, queryset: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        country = self.form.cleaned_data.get("country", "")
        # An unescaped + of the query arrives as a space.
        written = f"+{value}" if value[:1].isdigit() and value[:1] != "0" and not country else value
        try:
            return queryset.filter(phone=phones.normalised(written, country.upper()))
        except Invalid as error:
            raise BadParameter("phone", error.detail) from error

    def by_email(self, queryset: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return queryset.with_email(value)

    def by_passport(self, queryset: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return queryset.with_passport(value)

    def by_licence(self, queryset: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return queryset.with_licence(value)


class DocumentFilters(django_filters.FilterSet):  # type: ignore[misc]
    customer = django_filters.UUIDFilter(field_name="customer_id")
    kind = django_filters.ChoiceFilter(choices=Document.Kind.choices)
    verified = FlagFilter(field_name="verified_at", lookup_expr="isnull", exclude=True)
    expires_before = django_filters.DateFilter(field_name="expires_on", lookup_expr="lt")

    class Meta:
        model = Document
        fields = ("customer", "kind", "verified", "expires_before")


class FlagFilters(django_filters.FilterSet):  # type: ignore[misc]
    customer = django_filters.UUIDFilter(field_name="customer_id")
    kind = django_filters.ChoiceFilter(choices=Flag.Kind.choices)
    level = django_filters.ChoiceFilter(choices=Flag.Level.choices)
    open = FlagFilter(field_name="cleared_at", lookup_expr="isnull")

    class Meta:
        model = Flag
        fields = ("customer", "kind", "level", "open")

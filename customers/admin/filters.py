"""Filters of customers in the admin."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from customers.models import Customer, Flag


class OpenFlagFilter(DropdownFilter):  # type: ignore[misc]
    title = _("open flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Flag.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=Flag.objects.open().filter(kind=self.value()).values("customer"))

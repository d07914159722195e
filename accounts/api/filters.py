"""Query parameters of accounts' lists."""

import django_filters

from accounts.models import ApiKey, User
from accounts.roles import ROLES
from fleet.api.filters import FlagFilter


class UserFilters(django_filters.FilterSet):  # type: ignore[misc]
    role = django_filters.ChoiceFilter(field_name="groups__name", choices=[(role, role) for role in ROLES])
    is_active = FlagFilter()

    class Meta:
        model = User
        fields = ("role", "is_active")


class ApiKeyFilters(django_filters.FilterSet):  # type: ignore[misc]
    user = django_filters.UUIDFilter(field_name="user_id")
    read_only = FlagFilter()
    revoked = FlagFilter(field_name="revoked_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ApiKey
        fields = ("user", "read_only", "revoked")

"""activity/: who is here, and who was when."""

from typing import Any

import django_filters
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import presence
from accounts.models import User
from accounts.roles import ROLES
from fleet.api.fields import InstantField
from fleet.api.filters import FlagFilter
from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import FleetViewSet


class ActivitySerializer(StrictModelSerializer):
    name = serializers.CharField(source="__str__", read_only=True)
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES), source="role_names", read_only=True)
    last_seen_at = InstantField(read_only=True, allow_null=True)
    online = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "name", "roles", "online", "last_seen_at", "last_login")

    def get_online(self, user: User) -> bool:
        return user.last_seen_at is not None and user.last_seen_at > timezone.now() - presence.ONLINE


class ActivityFilters(django_filters.FilterSet):  # type: ignore[misc]
    role = django_filters.ChoiceFilter(field_name="groups__name", choices=[(role, role) for role in ROLES])
    online = FlagFilter(method="_online")

    class Meta:
        model = User
        fields = ("role", "online")

    def _online(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001 - django-filter's signature
        here = queryset.seen_since(timezone.now() - presence.ONLINE)
        return here if value else queryset.exclude(pk__in=here.values("pk"))


class ActivityViewSet(FleetViewSet[User]):
    """Who is online and who was last seen when, whoever came last first; over all processes, browsers and programs."""

    queryset = User.objects.active().with_seen().prefetch_related("groups").order_by("-seen", "-id")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilters
    searchable = True
    sorts = {"username": "username", "last_seen_at": "seen"}
    permissions = {"list": "accounts.view_user", "retrieve": "accounts.view_user"}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        presence.flush(now=timezone.now())
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        presence.flush(now=timezone.now())
        return super().retrieve(request, *args, **kwargs)

"""notifications/: what I should know. Everybody sees his own, and nobody else's."""

from typing import Any
from uuid import UUID

import django_filters
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.api import etags
from fleet.api.permissions import LOGGED_IN
from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import FleetViewSet
from notifications import notices, stream
from notifications.models import Notification
from notifications.querysets import NotificationQuerySet


class NotificationSerializer(StrictModelSerializer):
    class Meta:
        model = Notification
        fields = ("id", "kind", "title", "text", "subject", "subject_id", "urgent", "created_at", "seen_at")
        read_only_fields = fields


class UnreadOutput(serializers.Serializer[Any]):
    unread = serializers.IntegerField()
    latest = serializers.UUIDField(allow_null=True)


class StreamOutput(serializers.Serializer[Any]):
    user = serializers.UUIDField()
    unread = serializers.IntegerField()
    latest = serializers.UUIDField(allow_null=True)
    missed = serializers.ListField(child=serializers.DictField())


class SeenOutput(serializers.Serializer[Any]):
    seen = serializers.IntegerField(help_text="How many were unread before.")


class NotificationFilters(django_filters.FilterSet):  # type: ignore[misc]
    unread = django_filters.BooleanFilter(field_name="seen_at", lookup_expr="isnull", label="Only what is unread.")
    kind = django_filters.CharFilter(label="E.g. insurance_due.")
    urgent = django_filters.BooleanFilter()
    after = django_filters.UUIDFilter(field_name="id", lookup_expr="gt", label="Only what came after this one.")

    class Meta:
        model = Notification
        fields = ("unread", "kind", "urgent", "after")


class NotificationViewSet(FleetViewSet[Notification]):
    """One's own notices, newest first; `unread-count/` is cheap to poll with If-None-Match."""

    queryset = Notification.objects.order_by("-id")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    saves_filters = False
    permissions = dict.fromkeys(("list", "retrieve", "unread_count", "stream", "seen", "seen_all"), LOGGED_IN)
    history = None  # type: ignore[assignment] # nothing of it changes but that it was read

    def get_queryset(self) -> NotificationQuerySet:
        return Notification.objects.of(self.request.user)

    @extend_schema(responses=UnreadOutput)
    @action(detail=False, url_path="unread-count")
    def unread_count(self, request: Request) -> Response:
        """How many are unread, and the newest of them."""
        waiting = notices.waiting(self.by)
        return etags.matched(request, Response(UnreadOutput(waiting).data), f"{waiting['unread']}-{waiting['latest']}")

    @extend_schema(
        responses=StreamOutput,
        parameters=[OpenApiParameter("Last-Event-ID", UUID, "header", description="The last one that was received.")],
    )
    @action(detail=False)
    def stream(self, request: Request) -> Response:
        """My notices as they are written: `text/event-stream` for who accepts it, else what came after Last-Event-ID.

        Events are `hello` (unread, latest) and `notice`. A notice may come twice after a reconnect; it has the same id.
        """
        return Response(StreamOutput(notices.since(self.by, stream.last_id(request.headers))).data)

    @action(detail=True, methods=["post"])
    def seen(self, request: Request, pk: str) -> Response:
        """Mark one as read; a second time changes nothing."""
        row = self.get_object()
        notices.see(self.get_queryset().filter(pk=row.pk), now=timezone.now())
        return self.answer(row)

    @extend_schema(request=None, responses=SeenOutput)
    @action(detail=False, methods=["post"], url_path="seen-all")
    def seen_all(self, request: Request) -> Response:
        """Mark everything as read."""
        return Response({"seen": notices.see(self.get_queryset(), now=timezone.now())})

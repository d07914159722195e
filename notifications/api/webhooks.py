"""webhooks/ and webhook-deliveries/: programs manage where they are told what happened, and see what became of it."""

from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import EditViewSet, FleetViewSet
from notifications import signing, webhooks
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.models.webhook import is_address
from notifications.querysets import DeliveryQuerySet, EndpointQuerySet


class WebhookSerializer(StrictModelSerializer):
    url = serializers.CharField(max_length=500, validators=[is_address], help_text="https:// on the public internet.")
    types = serializers.ListField(
        child=serializers.RegexField(r"^[a-z_]+\.[a-z_]+\Z", max_length=60),
        max_length=100,
        required=False,
        help_text="E.g. contract.confirmed. Empty: all.",
    )

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id",
            "user",
            "url",
            "description",
            "types",
            "is_active",
            "rolled_at",
            "failing_since",
            "disabled_reason",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields: tuple[str, ...] = (
            "id",
            "user",
            "rolled_at",
            "failing_since",
            "disabled_reason",
            "created_at",
            "updated_at",
            "version",
        )


class WebhookSecretOutput(WebhookSerializer):
    """`secret` is shown here and never again; it signs as standardwebhooks.com says."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")
        read_only_fields = fields


class WebhookViewSet(EditViewSet[WebhookEndpoint]):
    """Addresses that are told what happened, within seconds; an integrator manages its own."""

    queryset = WebhookEndpoint.objects.all()
    serializer_class = WebhookSerializer
    sorts = ("created_at", "url")
    shown_once = ("secret",)
    permissions = {
        "list": "notifications.view_webhookendpoint",
        "retrieve": "notifications.view_webhookendpoint",
        "create": "notifications.add_webhookendpoint",
        "update": "notifications.change_webhookendpoint",
        "destroy": "notifications.delete_webhookendpoint",
        "roll": "notifications.change_webhookendpoint",
        "switch_on": "notifications.change_webhookendpoint",
    }

    def get_queryset(self) -> EndpointQuerySet:
        return WebhookEndpoint.objects.visible_to(self.request.user)

    @extend_schema(responses={201: WebhookSecretOutput})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        endpoint = WebhookEndpoint(user=self.by, **self.validated(WebhookSerializer))
        endpoint.save()
        return self._with_secret(endpoint, 201)

    @extend_schema(request=None, responses=WebhookSecretOutput)
    @action(detail=True, methods=["post"])
    def roll(self, request: Request, pk: str) -> Response:
        """Change the secret; for a day the former one signs as well."""
        return self._with_secret(webhooks.roll(self.get_object().pk, by=self.by, now=timezone.now()), 200)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="switch-on")
    def switch_on(self, request: Request, pk: str) -> Response:
        """Begin to tell again, after it was switched off for failing."""
        return self.answer(webhooks.switch_on(self.get_object().pk, by=self.by))

    def _with_secret(self, endpoint: WebhookEndpoint, status: int) -> Response:
        response = self.answer(endpoint, status)
        response.data = {**response.data, "secret": signing.secret(endpoint)}
        return response


class DeliverySerializer(StrictModelSerializer):
    type = serializers.CharField(source="event.type", read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "endpoint",
            "event",
            "type",
            "status",
            "attempts",
            "next_try_at",
            "delivered_at",
            "answer",
            "milliseconds",
            "last_error",
            "created_at",
        )
        read_only_fields = fields


class DeliveryFilters(django_filters.FilterSet):  # type: ignore[misc]
    endpoint = django_filters.UUIDFilter(field_name="endpoint_id")
    status = django_filters.MultipleChoiceFilter(choices=WebhookDelivery.Status.choices)

    class Meta:
        model = WebhookDelivery
        fields = ("endpoint", "status")


class DeliveryViewSet(FleetViewSet[WebhookDelivery]):
    """Every message and what became of it."""

    queryset = WebhookDelivery.objects.order_by("-id")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    permissions = {
        "list": "notifications.view_webhookdelivery",
        "retrieve": "notifications.view_webhookdelivery",
        "send_again": "notifications.resend_webhookdelivery",
    }
    history = None  # type: ignore[assignment] # it is a log itself

    def get_queryset(self) -> DeliveryQuerySet:
        return WebhookDelivery.objects.visible_to(self.request.user).select_related("event").order_by("-id")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        """Send it once more, with the same `webhook-id`."""
        return self.answer(webhooks.send_again(self.get_object().pk, by=self.by, now=timezone.now()))

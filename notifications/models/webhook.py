"""Whom we tell by HTTP, and what became of each message."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.db.base import Base, new_id
from fleet.db.xid import CurrentXid, XidField
from notifications.models.event import Event
from notifications.outside import objection
from notifications.querysets import DeliveryQuerySet, EndpointQuerySet

MOST_TRIES = 10


def is_address(url: str) -> None:
    if reason := objection(url):
        raise ValidationError(reason, code="bad_address")


class WebhookEndpoint(Base):
    """An address of somebody's program. Its secret is derived, shown once and stored nowhere (signing.py)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("belongs to"), db_index=False
    )
    url = models.CharField(_("address"), max_length=500, validators=[is_address])
    description = models.CharField(_("description"), max_length=200, blank=True)
    types = ArrayField(
        models.CharField(max_length=60, validators=[RegexValidator(r"^[a-z_]+\.[a-z_]+\Z")]),
        verbose_name=_("types of events"),
        default=list,
        blank=True,
        size=100,
        help_text=_("E.g. contract.confirmed, contract.closed. Empty: all."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    generation = models.PositiveIntegerField(default=1, editable=False)  # of the secret
    rolled_at = models.DateTimeField(_("secret changed at"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    disabled_reason = models.CharField(_("switched off because"), max_length=200, blank=True, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "url"),
                name="webhookendpoint_once",
                violation_error_message=_("You have a webhook for this address already."),
            ),
        )

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", verbose_name=_("event"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    answer = models.PositiveSmallIntegerField(_("answered"), null=True)  # the HTTP status
    milliseconds = models.PositiveIntegerField(_("took ms"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-id",)
        permissions = (("resend_webhookdelivery", "Can send webhooks again"),)
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "event"),
                name="webhookdelivery_once",
                violation_error_message=_("This event is on its way there already."),
            ),
        )
        indexes = (
            # DeliveryQuerySet.due(): what waits, and what a dead worker has left
            models.Index(fields=("next_try_at",), condition=Q(status="waiting"), name="webhook_waiting"),
            models.Index(fields=("claimed_at",), condition=Q(status="sending"), name="webhook_in_hand"),
            # the log of an endpoint, newest first
            models.Index(fields=("endpoint", "-id"), name="webhook_log"),
        )

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"


class WebhookProgress(models.Model):
    """The last event that was handed to the webhooks; one row, locked by whoever hands on the next."""

    written_in = XidField(db_default=CurrentXid())
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.written_in}/{self.event_id}"

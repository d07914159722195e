"""What a colleague should know, in the admin's bell and in the API."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.db.base import new_id
from notifications.querysets import NotificationQuerySet


class Notification(models.Model):
    """One notice for one person. It is kept until it is purged; `seen_at` says that it was read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name=_("for"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)  # of notifications/catalogue.py
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    subject = models.CharField(_("subject"), max_length=40, blank=True)  # the label of what it is about
    subject_id = models.UUIDField(_("subject id"), null=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    key = models.CharField(max_length=200)  # says "this very notice"; telling it again is harmless
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("seen at"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "key"),
                name="notification_once",
                violation_error_message=_("This was said already."),
            ),
        )
        indexes = (
            # one's own, newest first; what a stream has missed
            models.Index(fields=("user", "-id"), name="notification_of_user"),
            # the bell's count
            models.Index(fields=("user",), condition=Q(seen_at__isnull=True), name="notification_unread"),
        )

    def __str__(self) -> str:
        return self.title

    def as_message(self) -> dict[str, Any]:
        """Return what a stream sends of it."""
        return {"id": str(self.pk), "kind": self.kind, "title": self.title, "urgent": self.urgent}

"""The outbox: what happened, written in the transaction in which it happened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.db.xid import CurrentXid, XidField
from notifications.querysets import EventQuerySet


class Event(models.Model):
    """One thing that happened, e.g. `contract.checked_out`; integrators catch up by sequence."""

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(_("type"), max_length=60)
    subject = models.CharField(_("subject"), max_length=40)  # the model's label, e.g. contracts.contract
    subject_id = models.UUIDField(_("subject id"))
    key = models.CharField(_("key"), max_length=200)  # says "this very thing"; a second publish is harmless
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # With the id it orders the feed: see fleet/db/xid.py.
    written_in = XidField(db_default=CurrentXid(), editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("key",), name="event_once", violation_error_message=_("This event is already written.")
            ),
        )
        indexes = (
            # the history of one object: EventQuerySet.of()
            models.Index(fields=("subject_id", "id"), name="event_by_subject"),
            # the feed: EventQuerySet.settled()
            models.Index(fields=("written_in", "id"), name="event_feed"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.subject_id}"

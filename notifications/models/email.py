"""A letter that waits to be sent, or was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.db.base import new_id
from notifications.querysets import EmailQuerySet

MOST_TRIES = 8


class Email(models.Model):
    """One letter to one address. Written with the change that it tells of, rendered and sent by a worker.

    It keeps what the template needs, never the text: a link that opens an account is made when the letter leaves.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(_("key"), max_length=200)  # says "this very letter"; queueing it again is harmless
    to = models.EmailField(_("to"))
    template = models.CharField(_("template"), max_length=40)
    language = models.CharField(_("language"), max_length=5)
    context = models.JSONField(_("what it says"), default=dict)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    claim = models.UUIDField(null=True, editable=False)  # of the worker that is sending it
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    repeats = models.PositiveSmallIntegerField(_("perhaps sent twice"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-id",)
        permissions = (("retry_email", "Can send e-mails again"),)
        constraints = (
            models.UniqueConstraint(
                fields=("key",), name="email_once", violation_error_message=_("This e-mail is already queued.")
            ),
        )
        indexes = (
            # EmailQuerySet.due() and lost(): what waits, and what a dead worker has left
            models.Index(fields=("next_try_at",), condition=Q(status="queued"), name="email_waiting"),
            models.Index(fields=("claimed_at",), condition=Q(status="sending"), name="email_in_hand"),
            # the list of what was given up
            models.Index(fields=("-id",), condition=Q(status="failed"), name="email_given_up"),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.id}"

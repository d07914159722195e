"""What is remembered for a while: wrong log-ins, answers to repeated requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class WrongLogins(models.Model):
    """Wrong log-ins of one account or one address since the first of them; see accounts/lockout.py."""

    subject = models.CharField(primary_key=True, max_length=80)  # account:<digest of the name> or address:<network>
    failures = models.PositiveSmallIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)  # the purge deletes by age

    def __str__(self) -> str:
        return self.subject


class IdempotentAnswer(models.Model):
    """The stored answer to a POST that carried an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null while the first request is still running
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)  # the purge deletes by age

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "key"),
                name="idempotent_answer_once",
                violation_error_message=_("This Idempotency-Key is in use."),
            ),
        )

    def __str__(self) -> str:
        return self.key

"""Reads of accounts."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from fleet.db.base import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import ApiKey, TokenSession


class ApiKeyQuerySet(BaseQuerySet["ApiKey"]):
    def usable(self, now: datetime) -> "ApiKeyQuerySet":
        """Keys that are neither revoked nor expired and whose account is active."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True, user__is_active=True
        )


class TokenSessionQuerySet(BaseQuerySet["TokenSession"]):
    def alive(self, now: datetime) -> "TokenSessionQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)

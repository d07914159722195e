"""Reads of accounts."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from accounts.access import granted, roles
from fleet.db.base import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import ApiKey, SavedFilter, TokenSession, User


class UserQuerySet(BaseQuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def in_role(self, *roles: str) -> "UserQuerySet":
        """Users with one of these roles, each once."""
        return self.filter(groups__name__in=roles).distinct()

    def seen_since(self, moment: datetime) -> "UserQuerySet":
        return self.filter(last_seen_at__gt=moment)

    def with_seen(self) -> "UserQuerySet":
        """Users with `seen`, which sorts those who never came as the longest gone."""
        return self.annotate(seen=Coalesce("last_seen_at", Value(datetime(1970, 1, 1, tzinfo=UTC))))

    def search(self, text: str) -> "UserQuerySet":
        """Users whose name, log-in or e-mail contains every word."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(username__icontains=word)
                | Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(email__icontains=word)
            )
        return found


class UserManager(DjangoUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        # user_username_once makes names unique without regard to case, so a log-in may ignore it too.
        user: User = self.get(username__iexact=username)
        return user


class ApiKeyQuerySet(BaseQuerySet["ApiKey"]):
    def usable(self, now: datetime) -> "ApiKeyQuerySet":
        """Keys that are neither revoked nor expired and whose account is active."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True, user__is_active=True
        )

    def with_access(self) -> "ApiKeyQuerySet":
        return self.select_related("user").annotate(granted=granted("user_id"), roles=roles("user_id"))

    def search(self, text: str) -> "ApiKeyQuerySet":
        return self.filter(Q(name__icontains=text) | Q(prefix__startswith=text) | Q(user__username__icontains=text))


class TokenSessionQuerySet(BaseQuerySet["TokenSession"]):
    def alive(self, now: datetime) -> "TokenSessionQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)

    def with_access(self) -> "TokenSessionQuerySet":
        return self.select_related("user").annotate(granted=granted("user_id"), roles=roles("user_id"))


class SavedFilterQuerySet(BaseQuerySet["SavedFilter"]):
    def usable_by(self, user: object) -> "SavedFilterQuerySet":
        """One's own, and what others share."""
        return self.filter(Q(owner=user) | Q(shared=True))

    def shown_to(self, user: Any) -> "SavedFilterQuerySet":
        """Those whose words one may read, which name people: one's own, and to the staff those of lists it may see."""
        if not user.is_staff:
            return self.filter(owner=user)
        seen = [
            model._meta.label_lower
            for model in apps.get_models()
            if user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
        ]
        return self.filter(Q(owner=user) | Q(shared=True, model__in=seen))

    def of_list(self, label: str) -> "SavedFilterQuerySet":
        return self.filter(model=label)

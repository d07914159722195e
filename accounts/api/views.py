"""users/ and api-keys/: for administrators."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import keys, links, people
from accounts.api.filters import ApiKeyFilters, UserFilters
from accounts.api.serializers import ApiKeySerializer, IssuedKeyOutput, RollInput, UserSerializer
from accounts.models import ApiKey, User
from fleet.api.views import CreateMixin, EditViewSet, UpdateMixin


class UserViewSet(EditViewSet[User]):
    """The people who work here. Roles are given by name; who has history is deactivated, not deleted."""

    queryset = User.objects.prefetch_related("groups")
    serializer_class = UserSerializer
    filterset_class = UserFilters
    searchable = True
    sorts = ("username", "last_name", "last_login", "created_at")
    permissions = {
        "list": "accounts.view_user",
        "retrieve": "accounts.view_user",
        "create": "accounts.add_user",
        "update": "accounts.change_user",
        "destroy": "accounts.delete_user",
        "activate": "accounts.change_user",
        "deactivate": "accounts.change_user",
        "invite": "accounts.change_user",
    }

    def perform_destroy(self, row: User) -> None:
        people.remove(row.pk, by=self.by)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """Close the account at once: its log-ins end, its keys stop."""
        return self.answer(people.deactivate(self.get_object().pk, by=self.by, now=timezone.now()))

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Open the account again."""
        return self.answer(people.activate(self.get_object().pk, by=self.by))

    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:
        """Send a link by which the person chooses a password; nobody else ever learns it."""
        return self.answer(links.invite(self.get_object().pk, by=self.by, now=timezone.now()))


class ApiKeyViewSet(CreateMixin[ApiKey], UpdateMixin[ApiKey]):
    """The credentials of programs. A key is shown once, when it is issued; it is revoked, never deleted."""

    queryset = ApiKey.objects.select_related("user")
    serializer_class = ApiKeySerializer
    filterset_class = ApiKeyFilters
    searchable = True
    sorts = ("name", "created_at", "last_used_at")
    shown_once = ("key",)
    permissions = {
        "list": "accounts.view_apikey",
        "retrieve": "accounts.view_apikey",
        "create": "accounts.add_apikey",
        "update": "accounts.change_apikey",
        "revoke": "accounts.change_apikey",
        "roll": ("accounts.add_apikey", "accounts.change_apikey"),
    }
    inputs = {"roll": RollInput}

    @extend_schema(responses={201: IssuedKeyOutput})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown_once(keys.issue(**self.validated(ApiKeySerializer), by=self.by))

    @extend_schema(responses={201: IssuedKeyOutput})
    @action(detail=True, methods=["post"])
    def roll(self, request: Request, pk: str) -> Response:
        """Issue the successor; the old key goes on working for `overlap_hours`."""
        old = self.get_object()
        overlap = timedelta(hours=self.validated()["overlap_hours"])
        response = self._shown_once(keys.roll(old.pk, by=self.by, now=timezone.now(), overlap=overlap))
        response["Location"] = reverse("apikey-detail", args=[response.data["id"]])
        return response

    def _shown_once(self, issued: keys.Issued) -> Response:
        response = self.answer(issued.key, 201)
        response.data = {**response.data, "key": issued.plain}
        return response

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Stop the key with the next request."""
        return self.answer(keys.revoke(self.get_object().pk, by=self.by, now=timezone.now()))

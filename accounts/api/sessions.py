"""auth/sessions/: where one is logged in, and logging out there."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sessions
from fleet.api.fields import InstantField
from fleet.api.permissions import LOGGED_IN
from fleet.api.views import FleetView


class LogInOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["browser", "token"])
    address = serializers.IPAddressField(allow_null=True)
    program = serializers.CharField(help_text="What the browser or program calls itself.")
    since = InstantField(allow_null=True)
    last_used_at = InstantField(allow_null=True, help_text="Of a token: when it was last refreshed.")
    expires_at = InstantField()
    current = serializers.BooleanField(help_text="The one that asks.")


class LogInsOutput(serializers.Serializer[Any]):
    data = LogInOutput(many=True)  # type: ignore[assignment]


class EndedOutput(serializers.Serializer[Any]):
    ended = serializers.IntegerField()


class SessionsView(FleetView):
    """List one's own log-ins, by browser and by token, the newest first."""

    permissions = {"get": LOGGED_IN}

    @extend_schema(operation_id="auth_sessions", responses=LogInsOutput)
    def get(self, request: Request) -> Response:
        found = sessions.alive(self.by, now=timezone.now(), current=request.auth)
        return Response({"data": LogInOutput(found, many=True).data})


class SessionView(FleetView):
    """End one of one's own log-ins."""

    permissions = {"delete": LOGGED_IN}

    @extend_schema(operation_id="auth_session_end", responses={204: OpenApiResponse(description="Ended.")})
    def delete(self, request: Request, which: UUID) -> Response:
        sessions.end(self.by, which, now=timezone.now())
        return Response(status=204)


class EverywhereView(FleetView):
    """Sign out everywhere else: end all of one's own log-ins but the one that asks."""

    permissions = {"post": LOGGED_IN}

    @extend_schema(operation_id="auth_sessions_end", request=None, responses=EndedOutput)
    def post(self, request: Request) -> Response:
        ended = sessions.end_all(self.by, now=timezone.now(), reason="ended_by_user", current=request.auth)
        return Response({"ended": ended})

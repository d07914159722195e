"""auth/: log in, stay in, log out, who am I."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import people, signin, tokens
from accounts.api.authentication import bearer
from accounts.api.serializers import LoginInput, MeOutput, PairOutput, PasswordInput, RefreshInput, RevokeInput
from accounts.errors import TokenRefused
from fleet.actor import client_ip
from fleet.api.permissions import ANYONE, LOGGED_IN
from fleet.api.views import FleetView

NOTHING = OpenApiResponse(description="Done.")


class TokenView(FleetView):
    """Exchange user name and password for an access and a refresh token."""

    # An expired token in the header must not keep anybody from getting a new one.
    authentication_classes = []
    permissions = {"post": ANYONE}
    inputs = {"post": LoginInput}

    @extend_schema(operation_id="auth_token_create", responses=PairOutput)
    def post(self, request: Request) -> Response:
        form = self.validated()
        program = request.headers.get("User-Agent", "").replace("\x00", "")
        address = client_ip(request._request)
        http = request._request
        pair = tokens.log_in(**form, now=timezone.now(), address=address, program=program, request=http)
        return Response(_shown(pair))


class RefreshView(FleetView):
    """Exchange a refresh token for a new pair; each works once, and a used one ends the log-in."""

    authentication_classes = []
    permissions = {"post": ANYONE}
    inputs = {"post": RefreshInput}

    @extend_schema(operation_id="auth_token_refresh", responses=PairOutput)
    def post(self, request: Request) -> Response:
        return Response(_shown(tokens.rotate(self.validated()["refresh"], now=timezone.now())))


class RevokeView(FleetView):
    """Log out: end the log-in that the token belongs to, with all its tokens (RFC 7009)."""

    authentication_classes = []
    permissions = {"post": ANYONE}
    inputs = {"post": RevokeInput}

    @extend_schema(operation_id="auth_token_revoke", responses={204: NOTHING})
    def post(self, request: Request) -> Response:
        raw = self.validated().get("refresh") or bearer(request)
        if raw is None:
            raise TokenRefused
        tokens.revoke(raw, now=timezone.now())
        return Response(status=204)


class MeView(FleetView):
    """Show the account that asks: its roles and everything it may do."""

    permissions = {"get": LOGGED_IN}

    @extend_schema(operation_id="auth_me", responses=MeOutput)
    def get(self, request: Request) -> Response:
        return Response(MeOutput(self.by).data)


class PasswordView(FleetView):
    """Change one's own password; every log-in of the account ends, so log in again."""

    permissions = {"post": LOGGED_IN}
    inputs = {"post": PasswordInput}

    @extend_schema(operation_id="auth_password_change", responses={204: NOTHING})
    def post(self, request: Request) -> Response:
        form = self.validated()
        now, address = timezone.now(), client_ip(request._request)
        signin.confirm_password(self.by, form["old_password"], now=now, address=address)
        people.set_password(self.by, form["new_password"], by=self.by, now=now)
        return Response(status=204)


def _shown(pair: tokens.Pair) -> dict[str, object]:
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in(),
    }

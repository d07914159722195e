"""auth/password/reset/: a forgotten password, by a link that works once."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import links
from fleet.api import throttling
from fleet.api.permissions import ANYONE
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetView


class ForgottenInput(StrictSerializer):
    email = serializers.EmailField(max_length=254)


class ChosenInput(StrictSerializer):
    token = serializers.CharField(max_length=1000, help_text="The part of the link after /link/.")
    new_password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class ResetView(FleetView):
    """Ask for a link by e-mail. The answer is the same whether an account has the address or not."""

    authentication_classes = []
    permissions = {"post": ANYONE}
    inputs = {"post": ForgottenInput}

    @extend_schema(operation_id="auth_password_reset", responses={202: OpenApiResponse(description="Taken.")})
    def post(self, request: Request) -> Response:
        throttling.count_for(request._request, "reset")
        links.forgotten(self.validated()["email"], now=timezone.now())
        return Response(status=202)


class ConfirmView(FleetView):
    """Set the password that the owner of the link has chosen; the link and all log-ins end."""

    authentication_classes = []
    permissions = {"post": ANYONE}
    inputs = {"post": ChosenInput}
    problems = {"post": (410,)}

    @extend_schema(operation_id="auth_password_reset_confirm", responses={204: OpenApiResponse(description="Set.")})
    def post(self, request: Request) -> Response:
        form = self.validated()
        links.use(form["token"], form["new_password"], now=timezone.now())
        return Response(status=204)

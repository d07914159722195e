"""Who is asking: a person's access token or a program's key. Both bind the actor for the audit trail."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import keys, tokens
from accounts.models import ApiKey, TokenSession, User
from fleet import actor


def bearer(request: Request) -> str | None:
    """Return the credential of `Authorization: Bearer …`."""
    kind, _space, credential = request.headers.get("Authorization", "").partition(" ")
    return credential.strip() if kind.lower() == "bearer" and credential.strip() else None


class ApiKeyAuthentication(BaseAuthentication):
    """`X-API-Key: fd_live_…` or the same as a bearer."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        plain = request.headers.get("X-API-Key", "").strip() or bearer(request)
        if not plain or not (plain.startswith(keys.BEGINNING) or "X-API-Key" in request.headers):
            return None
        key = keys.verify(plain, now=timezone.now(), address=actor.client_ip(request._request))
        actor.bind(key.user, door=f"key:{key.prefix}")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="fleet"'


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; a revoked session or a closed account is refused at once."""

    def authenticate(self, request: Request) -> tuple[User, TokenSession] | None:
        raw = bearer(request)
        if raw is None:
            return None
        session = tokens.verify(raw, now=timezone.now())
        actor.bind(session.user, door="api")
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="fleet"'


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "A program's key, `fd_live_…`; also accepted as a bearer.",
        }


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `access` token of `POST /api/v1/auth/token/`; it lives 15 minutes.",
        }

"""Log-ins by token: a short access token, a refresh token that works once (RFC 9700 §4.14)."""

import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts import access, factors, signin
from accounts.errors import TokenRefused, TokenReused
from accounts.models import TokenSession, User
from fleet import trail, witness
from fleet.actor import acting_as
from fleet.bounded import Bounded

_good: Final[Bounded[str, Token]] = Bounded(4096)  # of this process, each until it expires
_SESSIONS = access.Credentials(
    TokenSession, lambda pk, now: TokenSession.objects.alive(now).with_access().filter(pk=pk), pk=UUID, now=datetime
)


@dataclass(frozen=True)
class Pair:
    """What the client gets; `session` is what the server keeps."""

    access: str
    refresh: str
    session: TokenSession


def log_in(
    username: str,
    password: str,
    *,
    now: datetime,
    address: str | None = None,
    program: str = "",
    otp: str = "",
    request: Any = None,
) -> Pair:
    """Open a session for the right password and, where the account has a second factor, its code.

    Raises LoginRefused, LoginLocked, CodeRequired, CodeRefused and FactorMissing.
    """
    user = signin.by_password(username, password, now=now, address=address, request=request)
    proved = signin.by_code_if_any(user, otp, now=now, address=address, request=request)
    pair = open_session(user, now=now, address=address, program=program, second_factor=proved)
    signin.logged_in(user, request=request)
    return pair


def open_session(
    user: User, *, now: datetime, address: str | None = None, program: str = "", second_factor: bool = False
) -> Pair:
    """Open a session for a user who has proved who he is."""
    refresh = _refresh_token(now)
    session = TokenSession(
        user=user,
        refresh_jti=refresh["jti"],
        address=address,
        user_agent=program[:200],
        second_factor=second_factor,
        last_used_at=now,
        expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME,
    )
    with transaction.atomic(), acting_as(user):
        session.save()
    return _pair(session, refresh, now)


def rotate(raw: str, *, now: datetime) -> Pair:
    """Exchange a refresh token for a new pair. Raises TokenRefused, and TokenReused when it was used before."""
    token = _verified(RefreshToken, raw)
    with transaction.atomic():
        session = _locked(token, now)
        # Outside a client that lost an answer, an old token means that two parties hold the session: end it.
        reused = session.refresh_jti != token["jti"]
        if reused:
            _end(session, now, "reused")
        else:
            fresh = _refresh_token(now)
            session.refresh_jti = fresh["jti"]
            session.last_used_at = now
            session.expires_at = now + api_settings.REFRESH_TOKEN_LIFETIME
            session.save(update_fields=["refresh_jti", "last_used_at", "expires_at"])
    if reused:
        raise TokenReused
    return _pair(session, fresh, now)


def verify(raw: str, *, now: datetime) -> TokenSession:
    """Return the living session of an access token, its user and permissions with it, in one query."""
    token = _access_token(raw)
    session: Any = _SESSIONS.one(pk=_session_id(token), now=now)
    if session is None or not _same_password(token, session.user):
        raise TokenRefused
    if not session.second_factor and factors.demanded_of(session.roles):
        raise TokenRefused
    access.remember(session.user, session.granted, session.roles)
    witness.until(min(session.expires_at, datetime.fromtimestamp(token["exp"], UTC)))
    return session  # type: ignore[no-any-return]


def revoke(raw: str, *, now: datetime) -> None:
    """End the session of a refresh or access token; a token that is no good any more is no error (RFC 7009)."""
    for kind in (RefreshToken, AccessToken):
        try:
            session_id = _session_id(_verified(kind, raw))
        except TokenRefused:
            continue
        _log_out(session_id, now)
        return


def _log_out(session_id: UUID, now: datetime) -> None:
    session = TokenSession.objects.alive(now).select_related("user").filter(pk=session_id).first()
    if session is not None:
        with transaction.atomic(), acting_as(session.user):
            end(session_id, now=now, reason="logged_out")
            trail.record("logout", session.user)


def end(session_id: UUID, *, now: datetime, reason: str) -> None:
    """End one session, if it is not over yet."""
    with transaction.atomic():
        session = TokenSession.objects.select_for_update().filter(pk=session_id, revoked_at__isnull=True).first()
        if session is not None:
            _end(session, now, reason)


def revoke_all(user: User, *, now: datetime, reason: str, kept: UUID | None = None) -> int:
    """End every session of the user but the one that is kept; returns how many."""
    with transaction.atomic():
        mine = TokenSession.objects.select_for_update().filter(user=user, revoked_at__isnull=True)
        sessions = mine.exclude(pk=kept) if kept else mine
        for session in sessions:
            _end(session, now, reason)
        return len(sessions)


def _end(session: TokenSession, now: datetime, reason: str) -> None:
    session.revoked_at = now
    session.revoke_reason = reason
    session.save(update_fields=["revoked_at", "revoke_reason"])


def _locked(token: Token, now: datetime) -> TokenSession:
    alive = TokenSession.objects.alive(now).select_related("user")
    session = alive.select_for_update(of=("self",)).filter(pk=_session_id(token)).first()
    if session is None or not _same_password(token, session.user):
        raise TokenRefused
    return session


def _same_password(token: Token, user: User) -> bool:
    """Say whether the password is still the one of the log-in, whoever changed it and however."""
    return hmac.compare_digest(str(token.get("pwd", "")), _password_mark(user))


def _password_mark(user: User) -> str:
    return user.get_session_auth_hash()[:16]


def _verified[T: Token](kind: type[T], raw: str) -> T:
    try:
        return kind(raw)  # type: ignore[arg-type]
    except TokenError as error:
        raise TokenRefused from error


def _access_token(raw: str) -> Token:
    """Verify a token, by its exact text only once; what it opens is asked every time."""
    known = _good.get(raw)
    if known is None or known["exp"] <= time.time():
        known = _good[raw] = _verified(AccessToken, raw)
    return known


def _session_id(token: Token) -> UUID:
    try:
        return UUID(token["sid"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise TokenRefused from error


def _refresh_token(now: datetime) -> RefreshToken:
    token = RefreshToken()
    token.set_iat(at_time=now)
    token.set_exp(from_time=now, lifetime=api_settings.REFRESH_TOKEN_LIFETIME)
    return token


def _pair(session: TokenSession, refresh: RefreshToken, now: datetime) -> Pair:
    refresh["sub"] = str(session.user_id)
    refresh["sid"] = str(session.pk)
    refresh["pwd"] = _password_mark(session.user)
    short = refresh.access_token
    short.set_iat(at_time=now)
    short.set_exp(from_time=now, lifetime=api_settings.ACCESS_TOKEN_LIFETIME)
    return Pair(str(short), str(refresh), session)


def expires_in() -> int:
    """Return the seconds that an access token lives."""
    return int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())

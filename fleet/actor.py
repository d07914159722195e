"""Who acts: one place for every door, read by the audit trail and by `created_by`.

A door binds the actor once (middleware for the admin, authentication classes for the API, `acting_as` for Celery
and commands). Nested bindings restore the outer one, which auditlog's own context manager does not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fleet.db import unit
from fleet.observability import request_id

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Actor:
    """The person or program behind a change, and the door it came through."""

    user: Any = None  # User, a lazy User, or None
    door: str = ""  # admin | api | key:<prefix> | celery:<task> | command:<name>
    address: str | None = None


_NOBODY = Actor()
_current: ContextVar[Actor] = ContextVar("fleet_actor", default=_NOBODY)


def current() -> Actor:
    return _current.get()


def current_user() -> "User | None":
    """Return the acting user, or None when nobody is bound or logged in."""
    user = _current.get().user
    return user if user is not None and user.is_authenticated and user.pk else None


def bind(user: "User", *, door: str = "") -> None:
    """Set the user of the binding that is in force; used by DRF's authentication inside a request."""
    _current.set(replace(_current.get(), user=user, door=door or _current.get().door))


@contextmanager
def acting_as(user: Any, *, door: str = "", address: str | None = None) -> Iterator[None]:
    """Bind an actor for the block and restore the outer one afterwards."""
    outer = _current.get()
    token = _current.set(Actor(user, door or outer.door, address or outer.address))
    try:
        yield
    finally:
        _current.reset(token)


def correlation_id() -> str | None:
    """Return the request id, for auditlog's `cid` column."""
    return request_id.current() or None


def client_ip(request: HttpRequest) -> str | None:
    """Return the client's address, counting trusted proxies from the right of X-Forwarded-For.

    The left end of the header is whatever the client wrote, so it is never believed.
    """
    claimed = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        claimed = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ip_address(claimed))
    except ValueError:
        return None


class ActorMiddleware:
    """Bind the session's user lazily: a request that writes nothing pays nothing for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = "api" if request.path.startswith("/api/") else "admin"
        user = None if door == "api" else request.user  # the API binds after it has authenticated
        with acting_as(user, door=door, address=client_ip(request)):
            return self.get_response(request)


def verb[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one unit of work: one transaction, done in the name of its `by` argument.

    A verb inside a verb is part of it: what it refuses, the outer one cannot make good, so it needs no savepoint.
    """

    @wraps(function)
    def work(*args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs.get("by")
        with unit.work():
            if by is None:
                return function(*args, **kwargs)
            with acting_as(by):
                return function(*args, **kwargs)

    return work

"""One id per request: taken from the client when it is well formed, else new; in answers, logs, audit and errors."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from uuid_utils import uuid7

_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
_current: ContextVar[str] = ContextVar("fleet_request_id", default="")


def current() -> str:
    """Return the id of the request or task in hand, or an empty text."""
    return _current.get()


def start(claimed: str = "") -> str:
    """Begin a unit of work under the claimed id, or under a new one when the claim is malformed."""
    chosen = choose(claimed)
    _current.set(chosen)
    return chosen


def choose(claimed: str) -> str:
    """Return the claimed id when it is well formed, else a new one."""
    return claimed if claimed and _WELL_FORMED.fullmatch(claimed) else str(uuid7())


@contextmanager
def under(claimed: str) -> Iterator[str]:
    """Work under the claimed id, or a new one, and restore the outer id afterwards."""
    outer = _current.get()
    try:
        yield start(claimed)
    finally:
        _current.set(outer)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = start(request.headers.get("X-Request-Id", ""))
        response = self.get_response(request)
        response["X-Request-Id"] = chosen
        return response

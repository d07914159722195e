"""Django's own error pages: problem+json under /api/, templates elsewhere. Named in fleet/urls.py."""

import sys
from collections.abc import Callable
from typing import cast

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_ratelimit.exceptions import Ratelimited

from fleet.api.errors import translate
from fleet.api.pages import forbidden, page
from fleet.api.problems import Problem, plain_response
from fleet.errors import DomainError


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    too_large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent))
    if not _is_api(request):
        return page(request, 413 if too_large else 400)
    if too_large:
        return plain_response(request, cast("Problem", translate(exception)))
    return plain_response(request, Problem(400, "malformed", "The request is malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if isinstance(exception, Ratelimited):
        return _limited(request, exception)
    if not _is_api(request):
        return forbidden(request)
    return plain_response(request, Problem(403, "not_allowed", "You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return page(request, 404)
    return plain_response(request, Problem(404, "not_found", "There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a crash; a database that is away or full is none: the same request may succeed in a moment."""
    crash = sys.exception()
    found = translate(crash) if isinstance(crash, (OperationalError, InterfaceError)) else None
    if found is not None:
        return _unavailable(request, found)
    if not _is_api(request):
        return page(request, 500)
    detail = "Something broke on our side. It is logged under the request_id."
    return plain_response(request, Problem(500, "internal_error", detail))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is old; named in settings/security.py."""
    return page(request, 403, stale="1")


class RefusalPages:
    """Middleware: a rule that said no outside of any form gets a page, not a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if _is_api(request) or not isinstance(exception, DomainError):
            return None
        if exception.status == 403:
            return forbidden(request)
        if exception.status == 404:
            return page(request, 404)
        return page(request, exception.status, template=409, detail=exception.detail)


def _limited(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    found = cast("Problem", translate(exception))
    if _is_api(request):
        return plain_response(request, found)
    return page(request, found.status, headers=found.headers)


def _unavailable(request: HttpRequest, found: Problem) -> HttpResponseBase:
    if _is_api(request):
        return plain_response(request, found)
    return page(request, found.status, template=503, headers=found.headers)

"""Django's own error pages: problem+json under /api/, templates elsewhere. Named in fleet/urls.py."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import get_template

from fleet.api.errors import translate
from fleet.api.problems import Problem, plain_response
from fleet.errors import DomainError
from fleet.observability import request_id


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _page(request: HttpRequest, status: int, **said: str) -> HttpResponse:
    """Return the page that says what happened and what to do; it asks no database, which may be what is broken."""
    words = {"status": status, "request_id": request_id.current(), "home": settings.LOGIN_REDIRECT_URL, **said}
    return HttpResponse(get_template(f"{status}.html").render(words), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return _page(request, 400)
    return plain_response(request, Problem(400, "malformed", "The request is malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return _page(request, 403)
    return plain_response(request, Problem(403, "not_allowed", "You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return _page(request, 404)
    return plain_response(request, Problem(404, "not_found", "There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a crash; a database that is away or full is none: the same request may succeed in a moment."""
    crash = sys.exception()
    found = translate(crash) if isinstance(crash, (OperationalError, InterfaceError)) else None
    if found is not None:
        return _unavailable(request, found)
    if not _is_api(request):
        return _page(request, 500)
    detail = "Something broke on our side. It is logged under the request_id."
    return plain_response(request, Problem(500, "internal_error", detail))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is old; named in settings/security.py."""
    return _page(request, 403, stale="1")


class RefusalPages:
    """Middleware: a rule that said no outside of any form gets a page, not a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if _is_api(request) or not isinstance(exception, DomainError):
            return None
        if exception.status in (403, 404):
            return _page(request, exception.status)
        answer = _page(request, 409, detail=exception.detail)
        answer.status_code = exception.status
        return answer


def _unavailable(request: HttpRequest, found: Problem) -> HttpResponseBase:
    if _is_api(request):
        return plain_response(request, found)
    return HttpResponse(get_template("503.html").render(), status=found.status, headers=dict(found.headers))

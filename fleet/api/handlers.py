"""Django's own error pages: problem+json under /api/, templates elsewhere. Named in fleet/urls.py."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import get_template
from django.views import defaults

from fleet.api.errors import translate
from fleet.api.problems import Problem, plain_response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return plain_response(request, Problem(400, "malformed", "The request is malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return plain_response(request, Problem(403, "not_allowed", "You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return plain_response(request, Problem(404, "not_found", "There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a crash; a database that is away or full is none: the same request may succeed in a moment."""
    crash = sys.exception()
    found = translate(crash) if isinstance(crash, (OperationalError, InterfaceError)) else None
    if found is not None:
        return _unavailable(request, found)
    if not _is_api(request):
        return defaults.server_error(request)
    detail = "Something broke on our side. It is logged under the request_id."
    return plain_response(request, Problem(500, "internal_error", detail))


def _unavailable(request: HttpRequest, found: Problem) -> HttpResponseBase:
    if _is_api(request):
        return plain_response(request, found)
    return HttpResponse(get_template("503.html").render(), status=found.status, headers=dict(found.headers))

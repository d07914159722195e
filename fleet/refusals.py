"""What the door itself refuses, with the headers that Django's answers have."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation

from fleet.api.cors import CorsMiddleware
from fleet.api.pages import is_for_people, page
from fleet.api.problems import Problem, plain_response
from fleet.door import Scope
from fleet.door.body import NO_BODY
from fleet.door.environ import environ
from fleet.door.exchange import Answer
from fleet.observability.request_id import RequestIdMiddleware

type _Handler = Callable[[HttpRequest], HttpResponseBase]

# The inner first. Neither redirects to https here: who is refused is refused on the way he came.
_LAYERS: Final[tuple[Any, ...]] = (
    XFrameOptionsMiddleware,
    ContentSecurityPolicyMiddleware,
    CorsMiddleware,
    lambda inner: lambda request: SecurityMiddleware(inner).process_response(request, inner(request)),
    RequestIdMiddleware,
)


def refused(scope: Scope, problem: Problem) -> Answer:
    """Answer in the one shape of our errors, without a thread of Django's."""
    response = _layered(lambda request: _told(request, problem))(WSGIRequest(environ(scope, NO_BODY, 0)))
    response["Cache-Control"] = "no-store"
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    return Answer(response.status_code, headers, b"".join(response))


def _told(request: HttpRequest, problem: Problem) -> HttpResponseBase:
    """Answer a browser with the page of this refusal, in its language; everybody else in our one shape."""
    if problem.status not in (413, 503) or not is_for_people(request):
        return plain_response(request, problem)
    with translation.override(translation.get_language_from_request(request)):
        return page(request, problem.status, headers=problem.headers)


def _layered(handler: _Handler) -> _Handler:
    for layer in _LAYERS:
        try:
            handler = layer(handler)
        except MiddlewareNotUsed:
            continue
    return handler

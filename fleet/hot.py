"""Django's handlers for hot reads and for work: the same views behind fewer layers. docs/adr/0050 and 0057.

What is left out has nothing to say at these addresses of the API: who asks there brings no cookie, no form and no page.
A layer that is not named here is kept, so that whoever adds one need not know of this file.
"""

import re
import time
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_prometheus.middleware import Metrics

from fleet.addresses import Handler, resolve

_ONE: Final = r"[0-9a-f-]{36}"
_HOT: Final = re.compile(
    rf"/api/v1/(?:(?:cars|customers|contracts|categories|branches)/(?:{_ONE}/)?|cars/availability/|countries/)"
)
# Whatever is done to them: book, hand out, take back, pay. A longer address than the verb's is left to Django.
_WORK: Final = re.compile(rf"/api/v1/(?:cars|customers|contracts)/(?:{_ONE}/(?:[a-z-]+/)?)?")
_LEFT_OUT: Final = frozenset(
    {
        "fleet.observability.health.HealthMiddleware",  # other addresses
        "fleet.observability.metrics.MetricsMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django_prometheus.middleware.PrometheusBeforeMiddleware",  # counted below
        "django_prometheus.middleware.PrometheusAfterMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",  # cookies
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "fleet.api.handlers.RefusalPages",  # pages
    }
)
_OF_WRITES: Final = frozenset({"fleet.db.replicas.RememberWritesMiddleware"})


def takes(method: str, path: str) -> bool:
    return method == "GET" and _HOT.fullmatch(path) is not None


def works(method: str, path: str) -> bool:
    return method == "POST" and _WORK.fullmatch(path) is not None


class HotHandler(Handler):
    """For reads, or for work; what is left out differs in one layer."""

    def __init__(self, method: str = "GET") -> None:
        self._method = method
        self._left_out = _LEFT_OUT | _OF_WRITES if method == "GET" else _LEFT_OUT
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        every = settings.MIDDLEWARE
        settings.MIDDLEWARE = [name for name in every if name not in self._left_out]
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = every

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = super().get_response(request)
        count(str(response.status_code), viewed(request), time.perf_counter() - began, self._method)
        return response


def view_of(path: str) -> str:
    """Return the name of the view at a hot address."""
    return resolve(path).view_name if _HOT.fullmatch(path) else ""


def viewed(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name if match else "") or "<unnamed view>"


def count(status: str, view: str, seconds: float, method: str = "GET") -> None:
    """Count an answer under the names of django_prometheus that dashboards and alerts ask for."""
    answered, latency = metrics(status, view, method)
    answered.inc()
    latency.observe(seconds)


@cache
def metrics(status: str, view: str, method: str = "GET") -> tuple[Any, Any]:
    of_all = Metrics.get_instance()
    return (
        of_all.responses_by_status_view_method.labels(status, view, method),
        of_all.requests_latency_by_view_method.labels(view, method),
    )

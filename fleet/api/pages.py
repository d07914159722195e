"""The pages that tell people what went wrong, and what to do; programs get problem+json for the same."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.module_loading import import_string

from fleet.observability import request_id

_MODEL_PAGES: Final = {"changelist": "view", "add": "add", "change": "view", "delete": "delete", "history": "view"}


def page(
    request: HttpRequest, status: int, *, template: int = 0, headers: Mapping[str, str] | None = None, **said: Any
) -> HttpResponse:
    """Return the page of this status; it asks no database, which may be what is broken."""
    words = {
        "status": status,
        "request_id": request_id.current(),
        "home": settings.LOGIN_REDIRECT_URL,
        "back": _where_from(request),
        "again": _of_ours(request.path),
        "sent": request.method not in ("GET", "HEAD"),
        **said,
    }
    return HttpResponse(get_template(f"{template or status}.html").render(words), status=status, headers=headers)


def forbidden(request: HttpRequest) -> HttpResponse:
    """Return the page that also says which roles may do it."""
    return page(request, 403, roles=import_string(settings.FLEET_WHO_MAY)(_needed(request)))


def is_for_people(request: HttpRequest) -> bool:
    """Say whether a browser asks for a page, not one of our scripts or somebody's program for data."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def _needed(request: HttpRequest) -> tuple[str, ...]:
    """Return the permissions one of which would have let this request in, as far as its address says."""
    where = request.resolver_match
    if where is None:
        return ()
    for declared in ("fleet_permissions", "allowed_permissions"):  # a page of ours, a step of a record
        if found := getattr(where.func, declared, ()):
            return tuple(found)
    app, _, rest = (where.url_name or "").partition("_")
    model, _, shown = rest.partition("_")
    return (f"{app}.{_MODEL_PAGES[shown]}_{model}",) if shown in _MODEL_PAGES else ()


def _where_from(request: HttpRequest) -> str:
    """Return the page of ours that led here, or nothing."""
    came = urlsplit(request.headers.get("Referer", ""))
    return _of_ours(came.path) if came.netloc == request.headers.get("Host") and came.path != request.path else ""


def _of_ours(path: str) -> str:
    """Return the path as a link that stays here: `//evil.example/` would lead to another host."""
    return f"/{path.lstrip('/')}"

"""Which view an address leads to, looked up once: Django would try some hundred patterns, one after the other."""

import re
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANY: Final = "00000000-0000-0000-0000-000000000000"


class Handler(WSGIHandler):
    """Django's handler; addresses that differ in one id are looked up once."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        if hasattr(request, "urlconf"):
            return super().resolve_request(request)
        request.resolver_match = match = resolve(request.path_info)
        return match


def any_of(path: str) -> str:
    """Return the address with any id instead of its one: the same for all rows."""
    found = _ID.findall(path)
    return path.replace(found[0], _ANY) if len(found) == 1 else path


def id_in(path: str) -> str:
    """Return the first id in the address. Raises ValueError."""
    found = _ID.search(path)
    if found is None:
        raise ValueError("There is no id in this address.")
    return found[0]


def resolve(path: str) -> ResolverMatch:
    """Return the view of the address and what it is called with. Raises Resolver404."""
    found = _ID.findall(path)
    meant = found[0] if len(found) == 1 else _ANY
    match = _match(settings.ROOT_URLCONF, path.replace(meant, _ANY))
    args = tuple(_put(value, meant) for value in match.args)
    kwargs = {name: _put(value, meant) for name, value in match.kwargs.items()}
    names: Any = (match.url_name, match.app_names, match.namespaces, match.route)
    return ResolverMatch(match.func, args, kwargs, *names)


def _put(value: Any, meant: str) -> Any:
    """Return what was captured, with the id that is meant instead of any."""
    if isinstance(value, str):
        return value.replace(_ANY, meant)
    return UUID(meant) if value == UUID(_ANY) else value


@lru_cache(maxsize=1024)
def _match(urlconf: str, path: str) -> ResolverMatch:
    return get_resolver(urlconf).resolve(path)

"""Where each screen is in a company that runs.

    . <state>/env && manage.py shell -v 0 -c "from tests.browser import examples; examples.show()"

A screen of a record is shown with a row that it makes sense of: the check-in of a contract that is out. What the demo
does not have (tests/browser/rarities.py) is added to it.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts import links
from accounts.models import User
from contracts.models import Agreement
from contracts.reports.catalogue import REPORTS
from tests.browser import rarities, screens

_MOST_ROWS: Final = 1000  # are asked whether a step is open to them
_STATES: Final = ("status", "lifecycle")  # a record's page offers other things in each
_ELSEWHERE: Final = {"auth_user_password_change": "accounts_user_password_change"}  # Django names it by its own model


def show() -> None:
    """Add what is rare and print the addresses as JSON."""
    rarities.plant()
    json.dump(examples(), sys.stdout)


def examples() -> dict[str, list[str]]:
    """Return addresses by the name of the screen; a screen is missing if not even the administrator may see it."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="admin")
    shown = {name: route for name, route in screens.routes().items() if _is_open(name, request)}
    return {name: list(_addresses(name, route, request)) for name, route in shown.items()}


def _is_open(name: str, request: HttpRequest) -> bool:
    model_admin, view = _part(name)
    if model_admin is None or view not in ("add", "delete"):
        return True
    row = model_admin.get_queryset(request).first() if view == "delete" else None
    return model_admin.has_add_permission(request) if view == "add" else model_admin.has_delete_permission(request, row)


def _addresses(name: str, route: URLPattern, request: HttpRequest) -> Iterator[str]:
    space = "" if name in screens.OUTSIDE else "admin:"
    model_admin, view = _part(name)
    if not route.pattern.converters:
        yield reverse(f"{space}{name}")
    elif model_admin is None:
        yield from (reverse(f"{space}{name}", args=[one]) for one in _WORDS[name]())
    else:
        yield from (reverse(f"{space}{name}", args=[row.pk]) for row in _rows(model_admin, view, request))


def _part(name: str) -> tuple[Any, str]:
    """Return the admin of the model that the screen belongs to, and what it shows of it."""
    name = _ELSEWHERE.get(name, name)
    for one in admin.site._registry.values():
        prefix = f"{one.opts.app_label}_{one.opts.model_name}_"
        if name.startswith(prefix):
            return one, name.removeprefix(prefix)
    return None, name


def _rows(model_admin: Any, view: str, request: HttpRequest) -> Iterable[Any]:
    rows = model_admin.get_queryset(request).order_by("-pk")
    if view in model_admin.actions_detail:
        when = getattr(getattr(model_admin, view), "when", None) or bool
        return islice(filter(when, rows[:_MOST_ROWS].iterator(50)), 1)
    state = next((field.name for field in model_admin.opts.fields if field.name in _STATES), "")
    if view == "change" and state:
        found = rows.order_by().values_list(state, flat=True).distinct()
        return [rows.filter(**{state: one})[0] for one in found]
    return rows[:1]


def _link() -> str:
    return links.make("invitation", User.objects.filter(is_active=True).latest("pk"), now=timezone.now())


def _code() -> str:
    return Agreement.objects.latest("pk").verification_code


_WORDS: Final = {"report": lambda: REPORTS, "verify": lambda: [_code()], "password_link": lambda: [_link()]}

"""Guards over every view of the API: permissions named, filters strict, texts bounded."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers

from fleet.api.permissions import ANYONE, LOGGED_IN
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.api.views import FleetView


def patterns(resolver: Any = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    for one in (resolver or get_resolver()).url_patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, address)
        elif isinstance(one, URLPattern) and address.startswith("/api/v1/"):
            yield address, one.callback


def views() -> list[tuple[str, type[FleetView], dict[str, str]]]:
    """Return (address, class, {method: action}) of every view but the schema's."""
    found = [(address, callback) for address, callback in patterns() if hasattr(callback, "cls")]
    return [
        (address, callback.cls, getattr(callback, "actions", None) or _methods(callback.cls))
        for address, callback in found
        if callback.cls.__module__ != "fleet.api.docs"
    ]


def _methods(view: Any) -> dict[str, str]:
    return {method: method for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)}


def declared(view: Any, action: str) -> Any:
    alias = {"partial_update": "update", "history": "retrieve"}.get(action, action)
    return view.permissions.get(action, view.permissions.get(alias))


def test_every_action_of_every_view_names_its_permission() -> None:
    missing = [
        (view.__name__, action)
        for _address, view, actions in views()
        for action in actions.values()
        if declared(view, action) is None
    ]

    assert missing == []


@pytest.mark.django_db
def test_every_permission_that_a_view_names_exists() -> None:
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    named = {
        one
        for _address, view, _actions in views()
        for names in view.permissions.values()
        for one in ((names,) if isinstance(names, str) else names)
    }

    assert named - known <= {ANYONE, LOGGED_IN}


def test_no_view_declares_a_permission_for_an_action_that_it_does_not_have() -> None:
    stale = {
        (view.__name__, name)
        for _address, view, _actions in views()
        for name in view.permissions
        if not hasattr(view, name)
    }

    assert stale == set()


def test_only_log_in_a_lost_password_and_a_code_to_verify_are_open_to_anyone() -> None:
    opened = {address for address, view, _actions in views() if ANYONE in view.permissions.values()}

    assert opened == {
        "/api/v1/auth/token/",
        "/api/v1/auth/token/refresh/",
        "/api/v1/auth/token/revoke/",
        "/api/v1/auth/password/reset/",
        "/api/v1/auth/password/reset/confirm/",
        "/api/v1/verify/<str:code>/",
    }


def test_every_view_stands_on_the_kit() -> None:
    assert [view.__name__ for _address, view, _actions in views() if not issubclass(view, FleetView)] == []


def test_every_serializer_that_reads_input_is_strict_and_bounds_its_texts() -> None:
    loose = [
        f"{serializer.__name__}.{name}"
        for serializer in inputs()
        for name, field in serializer().fields.items()
        if isinstance(field, serializers.CharField) and not field.read_only and not field.max_length
    ]

    assert loose == []
    assert [one.__name__ for one in inputs() if not issubclass(one, (StrictSerializer, StrictModelSerializer))] == []


def inputs() -> set[Any]:
    found = {one for _address, view, _actions in views() for one in view.inputs.values()}
    return found | {view.serializer_class for _address, view, _actions in views() if hasattr(view, "serializer_class")}

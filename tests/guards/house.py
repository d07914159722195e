"""What the guards look at: our source files, and every address of the API."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from fleet.api.views import FleetView

HOUSE = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "audit", "cars", "contracts", "customers", "files", "notifications")
PREFIX = "api/v1/"
NOBODY = "00000000-0000-7000-8000-000000000000"
_NO_NUMBER = 999_999_999_999


@cache
def sources(*, tests: bool = False, migrations: bool = False) -> tuple[Path, ...]:
    """Return our Python files, as the repository knows them (new ones too)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=HOUSE, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    found = (HOUSE / name for name in listed if (HOUSE / name).exists())
    return tuple(
        path
        for path in found
        if (tests or "tests" not in path.relative_to(HOUSE).parts) and (migrations or "migrations" not in path.parts)
    )


def name_of(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


@dataclass(frozen=True)
class Endpoint:
    """One method of one address, and the view that answers it."""

    route: str  # a regular expression or a path with <converters>
    method: str
    view: Any
    action: str  # of a viewset; the method of a plain view

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.nowhere}"

    def path(self, pk: object = NOBODY) -> str:
        filled = re.sub(r"<(?:\w+:)?\w+>", str(pk), re.sub(r"\(\?P<\w+>[^)]*\)", str(pk), self.route))
        return "/" + filled.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")

    @property
    def nowhere(self) -> str:
        """Return the path of an object that is not there."""
        return self.path(_NO_NUMBER if r"\d" in self.route else NOBODY)

    @property
    def is_about_one(self) -> bool:
        return self.path("x") != self.path("y")


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return everything under /api/v1/ that a view of our kit answers."""
    return tuple(
        endpoint for route, callback in _routes() if _is_ours(callback) for endpoint in _methods(route, callback)
    )


def foreign_routes() -> set[str]:
    """Return the routes of the API that something else answers; nothing there names a permission."""
    return {route for route, callback in _routes() if not _is_ours(callback)}


def _is_ours(callback: Any) -> bool:
    return issubclass(_class_of(callback) or object, FleetView)


def _class_of(callback: Any) -> Any:
    return getattr(callback, "cls", None) or getattr(callback, "view_class", None)


def _methods(route: str, callback: Any) -> Iterator[Endpoint]:
    view = _class_of(callback)
    actions = getattr(callback, "actions", None) or {
        name: name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)
    }
    for method, action in actions.items():
        if method != "head":
            yield Endpoint(route, method, view, action)


def _routes() -> Iterator[tuple[str, Any]]:
    for route, callback in _walk(get_resolver().url_patterns, ""):
        if route.startswith(PREFIX):
            yield route, callback


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = before + _text(pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route, pattern.callback


def _text(pattern: Any) -> str:
    return str(pattern.pattern).removeprefix("^")

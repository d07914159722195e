"""The head of a record's page: facts in a strip, the steps that may be taken, and tabs that are pages of their own.

    @facts("cars.car")
    def standing(car: Car, request: HttpRequest) -> Iterator[Fact]: …

    @tab("cars.car", "papers", _("Papers"), permission="cars.view_insurance", order=20, template="…/papers.html")
    def papers(car: Car, request: HttpRequest) -> dict[str, Any]: …

An app adds to the records of the apps below it; a record without tabs and facts has only its steps.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from fleet.admin.pages import page, render

DETAILS: Final = "change"
HISTORY: Final = "history"
_FIRST, _LAST = 10, 1000


@dataclass(frozen=True)
class Fact:
    """A label and what stands under it, which may lead somewhere; `pill` is (tone, word)."""

    label: Any
    text: Any = ""
    pill: tuple[str, Any] | None = None
    link: str = ""


@dataclass(frozen=True)
class Tab:
    title: Any
    link: str
    is_current: bool


@dataclass(frozen=True)
class Head:
    facts: Sequence[Fact]
    steps: Sequence[dict[str, Any]]
    tabs: Sequence[Tab]


type Facts = Callable[[Any, HttpRequest], Iterable[Fact]]
type Content = Callable[[Any, HttpRequest], dict[str, Any]]


@dataclass(frozen=True)
class _Named:
    order: int
    title: Any
    slug: str
    permission: str


_facts: Final[defaultdict[str, list[Facts]]] = defaultdict(list)
_tabs: Final[defaultdict[str, list[_Named]]] = defaultdict(list)


def facts(label: str) -> Callable[[Facts], Facts]:
    """Register what the strip of a record says, e.g. of a "cars.car"."""

    def decorate(found: Facts) -> Facts:
        _facts[label].append(found)
        return found

    return decorate


def tab(label: str, slug: str, title: Any, *, permission: str, order: int, template: str) -> Callable[[Content], Any]:
    """Register a tab of a record: a page at `<model>/<id>/<slug>/` below the record's head."""
    app, model = label.split(".")
    _tabs[label].append(_Named(order, title, slug, permission))

    def decorate(content: Content) -> Any:
        @page(
            f"{app}/{model}/<uuid:pk>/{slug}/",
            name=f"{app}_{model}_{slug}",
            title=title,
            icon="",
            permission=permission,
            listed=False,
        )
        def show(request: HttpRequest, pk: UUID) -> HttpResponse:
            model_admin: Any = admin.site._registry[apps.get_model(label)]
            row = model_admin.get_object(request, str(pk))
            if row is None:
                raise Http404
            if not model_admin.has_view_permission(request, row):
                raise PermissionDenied
            frame = {"title": row, "opts": model_admin.opts, "original": row, "tab_title": title}
            known = {"fleet_head": head(model_admin, request, row, slug)}
            return render(request, template, {**frame, **known, **content(row, request)})

        return show

    return decorate


def facts_of(row: Model, request: HttpRequest) -> list[Fact]:
    """Return what the strip of a record says."""
    return [fact for one in _facts[row._meta.label_lower] for fact in one(row, request)]


def head(
    model_admin: Any, request: HttpRequest, row: Model, current: str, steps: Sequence[dict[str, Any]] | None = None
) -> Head:
    """Return what stands above the page of a row; `current` is the slug of the tab."""
    label = row._meta.label_lower
    said = facts_of(row, request)
    if steps is None:
        allowed = model_admin.get_actions_detail(request, str(row.pk))
        steps = model_admin._get_actions_navigation(model_admin.actions_detail, allowed, str(row.pk))
    return Head(said, steps, _tabs_of(request, row, current) if _tabs[label] else ())


def _tabs_of(request: HttpRequest, row: Model, current: str) -> list[Tab]:
    known = [
        _Named(_FIRST, capfirst(str(_("Details"))), DETAILS, ""),
        _Named(_LAST, _("History"), HISTORY, ""),
        *(one for one in _tabs[row._meta.label_lower] if request.user.has_perm(one.permission)),
    ]
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return [
        Tab(one.title, reverse(f"{name}_{one.slug}", args=[row.pk]), one.slug == current)
        for one in sorted(known, key=lambda one: one.order)
    ]

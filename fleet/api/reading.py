"""Details and pages of a viewset by its shapes: one statement each, whose SQL is made once where nothing is narrowed.

SQL is kept for readers with the same roles and permissions only, and never when it comes with an id or an instant of
its own: then it was made for one person, or for this moment.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import F, QuerySet
from django.http import Http404

from fleet.api.pagination import Cursor, limit_of
from fleet.api.shapes import Plan, Shape
from fleet.db.ready import Ready

if TYPE_CHECKING:
    from fleet.api.views import FleetViewSet

type _Tuples = QuerySet[Any, Any]

_OF_ONE_READER: Final = (UUID, date)  # an instant is a date, too
_MOST: Final = 512


class _Kept(NamedTuple):
    """A statement that may be sent again, and the order of its rows."""

    ready: Ready
    terms: Sequence[str] = ()


_kept: dict[Any, _Kept | None] = {}


def one(view: "FleetViewSet[Any]", shape: Shape, pk: UUID) -> dict[str, Any]:
    """Return what is shown of one row. Raises Http404 when there is none that the reader may see."""
    plan = shape.plan(view.by)

    def build(pk: UUID) -> _Tuples:
        rows: _Tuples = view.shown().filter(pk=pk).order_by().values_list(*plan.columns)
        return rows

    kept = _known((*_reader(view), plan), lambda: _Kept(Ready(build, pk=UUID)))
    rows = kept.ready(pk=pk) if kept else list(build(pk))
    if not rows:
        raise Http404
    return plan.show(rows[0], view.by)


class Question(NamedTuple):
    """A statement that has been asked before, what is put into its gap, and what is shown of its rows (if any)."""

    ready: Ready
    values: dict[str, Any]
    shown: Callable[[Sequence[Any]], dict[str, Any]]


def known_one(view: "FleetViewSet[Any]", shape: Shape, pk: UUID) -> Question | None:
    """Return what `one` would ask, when its SQL is made already."""
    plan = shape.plan(view.by)
    kept = _kept.get((*_reader(view), plan))
    return kept and Question(kept.ready, {"pk": pk}, lambda rows: plan.show(rows[0], view.by))


def known_page(view: "FleetViewSet[Any]", shape: Shape) -> Question | None:
    """Return what `page` would ask, when nothing is narrowed and its SQL is made already."""
    plan, pager = shape.plan(view.by), cast("Cursor", view.paginator)
    limit = limit_of(view.request)
    kept = _kept.get((*_reader(view), plan, limit))
    return kept and Question(kept.ready, {}, lambda rows: pager.body(_shown(view, plan, limit, rows, kept.terms)))


def page(view: "FleetViewSet[Any]", shape: Shape) -> list[dict[str, Any]]:
    """Return what is shown of the rows of a page."""
    plan, request, pager = shape.plan(view.by), view.request, cast("Cursor", view.paginator)
    limit = limit_of(request)

    def build() -> tuple[_Tuples, Sequence[str]]:
        rows, terms = pager.narrowed(view.filter_queryset(view.shown()), request)
        return rows.values_list(*plan.columns, *(F(term.lstrip("-")) for term in terms))[: limit + 1], terms

    def keep() -> _Kept:
        rows, terms = build()
        return _Kept(Ready(lambda: rows), terms)

    plain = request.query_params.keys() <= {"limit"}
    kept = _known((*_reader(view), plan, limit), keep) if plain else None
    if kept:
        rows, terms = kept.ready(), kept.terms
    else:
        found, terms = build()
        rows = list(found)
    return _shown(view, plan, limit, rows, terms)


def _shown(
    view: "FleetViewSet[Any]", plan: Plan, limit: int, rows: Sequence[Any], terms: Sequence[str]
) -> list[dict[str, Any]]:
    width, names, pager = len(plan.columns), [term.lstrip("-") for term in terms], cast("Cursor", view.paginator)
    cut = pager.cut(rows, limit, terms, view.request, lambda row: dict(zip(names, row[width:], strict=True)))
    return [plan.show(row, view.by) for row in cut]


def _reader(view: "FleetViewSet[Any]") -> tuple[Any, ...]:
    """Return what a queryset of the view may depend on, besides the reader's id; None in it for what nobody shares."""
    below_another_row = view.kwargs.keys() - {view.lookup_field}
    return type(view), view.step, None if below_another_row else getattr(view.by, "allowed", None)


def _known(key: tuple[Any, ...], make: Callable[[], _Kept]) -> _Kept | None:
    """Return the statement that is kept under the key, None when there is none that may be kept."""
    if None in key:
        return None  # below one row, or by somebody who came without a credential: who knows what else he may
    try:
        return _kept[key]
    except KeyError:
        made = make()
    try:
        alike = not any(isinstance(one, _OF_ONE_READER) for one in made.ready.told)
    except EmptyResultSet:
        alike = False
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = kept = made if alike else None
    return kept

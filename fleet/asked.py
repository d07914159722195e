"""What a hot address asks the database for: the view that it leads to, and the statement that is known for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from rest_framework.views import APIView

from fleet import addresses
from fleet.api import reading
from fleet.api.pagination import limit_of
from fleet.api.views import FleetView, FleetViewSet
from fleet.door import Scope

_MOST_ROWS: Final = 50  # of a page: the event loop has others to answer


class Route(NamedTuple):
    """The view of a hot address, and what it does there."""

    view: type[FleetViewSet[Any]]
    action: str
    name: str


@dataclass
class Asker:
    """As much of a request as permissions and paging look at."""

    user: Any
    auth: Any
    query_params: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"


@lru_cache(maxsize=1024)
def _route(path: str) -> Route | None:
    match = addresses.resolve(path)
    view, action = getattr(match.func, "cls", None), getattr(match.func, "actions", {}).get("get", "")
    if not (isinstance(view, type) and issubclass(view, FleetViewSet)) or action not in view.shapes or not _plain(view):
        return None
    return Route(view, action, match.view_name)


def route_of(path: str) -> Route | None:
    """Return the view of a hot address whose rows have a shape, if nothing but the shape decides what it answers."""
    return _route(addresses.any_of(path))


def _plain(view: type[FleetViewSet[Any]]) -> bool:
    names = {
        FleetViewSet: ("list", "retrieve"),
        FleetView: ("initial", "finalize_response", "perform_authentication"),
        APIView: ("dispatch", "check_permissions", "get_authenticators", "check_throttles"),
    }
    return all(getattr(view, name) is getattr(own, name) for own, some in names.items() for name in some)


def question_of(route: Route, asker: Asker, scope: Scope) -> reading.Question | None:
    """Return the question of the address. Raises what the view refuses."""
    shape, view = route.view.shapes[route.action], route.view(action=route.action, request=asker)
    vars(view)["get"] = getattr(view, route.action)  # as DRF does: to a method without a handler nobody says no
    if route.action == "retrieve":
        pk = addresses.id_in(scope["path"])
        view.kwargs = {view.lookup_field: pk}
        view.check_permissions(asker)  # type: ignore[arg-type]
        return None if scope["query_string"] else reading.known_one(view, shape, UUID(pk))
    view.kwargs = {}
    view.check_permissions(asker)  # type: ignore[arg-type]
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True, strict_parsing=False)
    if asked.keys() - {"limit"} or any(len(values) > 1 for values in asked.values()):
        return None
    asker.query_params = {name: values[0] for name, values in asked.items()}
    found = reading.known_page(view, shape)
    return found if found and limit_of(asker) <= _MOST_ROWS else None  # type: ignore[arg-type]

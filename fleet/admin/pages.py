"""Pages of the admin that show no single model: each app registers its own, the site serves and lists them.

    @page("timeline/", name="timeline", title=_("Timeline"), icon="view_timeline", permission="cars.view_occupancy")
    def timeline(request: HttpRequest) -> HttpResponse:
        return render(request, "admin/fleet/timeline.html", {"rows": …})

Its address is `reverse("admin:timeline")`. A page below another one (`listed=False`) has no entry in the sidebar.
The permission may be LOGGED_IN (any colleague, about himself) or ANYONE (a stranger: resetting a password).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from fleet.api.permissions import ANYONE, LOGGED_IN

type View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Page:
    """Where it is, what it is called, and who may see it: whoever has one of `permissions`."""

    path: str
    name: str
    title: Any
    icon: str
    permissions: tuple[str, ...]
    view: View
    group: str = ""  # the sidebar group's key in fleet/site.py; "" = above all groups
    order: int = 100
    listed: bool = True
    revalidated: bool = False  # the view says how long its answer may be kept; else nothing is ever kept

    @property
    def is_public(self) -> bool:
        return ANYONE in self.permissions

    def is_open_to(self, request: HttpRequest) -> bool:
        """Say who gets in; the site lets only staff come as far as LOGGED_IN."""
        if self.is_public or (LOGGED_IN in self.permissions and request.user.is_active):
            return True
        return any(request.user.has_perm(name) for name in self.permissions)


_pages: Final[dict[str, Page]] = {}


def page(
    path: str,
    *,
    name: str,
    title: Any,
    icon: str,
    permission: str | tuple[str, ...],
    group: str = "",
    order: int = 100,
    listed: bool = True,
    revalidated: bool = False,
) -> Callable[[View], View]:
    """Register a view as a page; without one of the permissions it answers 403."""
    permissions = (permission,) if isinstance(permission, str) else permission

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _pages[name].is_open_to(request):
                raise PermissionDenied
            request.fleet_page = name  # type: ignore[attr-defined] # the sidebar marks it
            return view(request, *args, **kwargs)

        guarded.fleet_permissions = permissions  # type: ignore[attr-defined] # the page of a 403 tells who has them
        _pages[name] = Page(path, name, title, icon, permissions, guarded, group, order, listed, revalidated)
        return guarded

    return decorate


def pages() -> list[Page]:
    """Return every registered page in the order of the sidebar."""
    return sorted(_pages.values(), key=lambda one: (one.order, one.name))


def render(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    """Return the page inside the admin's frame; `title` comes from the registration unless the context has one."""
    request.current_app = admin.site.name
    registered = _pages.get(getattr(request, "fleet_page", ""))
    frame = {**admin.site.each_context(request), "title": registered.title if registered else ""}
    return TemplateResponse(request, template, {**frame, **context}, status=status)

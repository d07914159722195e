"""The admin site: its frame, its policy, its sidebar."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from fleet.admin import finding, shortcuts
from fleet.admin.pages import Page, pages


class FleetAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Fleet's own admin."""

    site_header = "Fleet"
    site_title = "Fleet"
    index_title = _("Fleet")
    site_url = None

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            first: HttpResponse | None = import_string(settings.FLEET_ADMIN_GATE)(request)
            return first or view(request, *args, **kwargs)

        return super().admin_view(gated, cacheable)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:account_password"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return import_string(settings.FLEET_LOGIN_PAGE)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return import_string(settings.FLEET_START_PAGE)(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [path(page.path, self._served(page), name=page.name) for page in pages()]
        return [*own, *super().get_urls()]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Answer Ctrl-K; Unfold's own loads whole tables and keeps what it found for five minutes."""
        found = finding.search(request, request.GET.get("s", ""), title=_("Go to"))
        return TemplateResponse(request, "admin/fleet/found.html", {"found": found, "asked": request.GET.get("s", "")})

    def _served(self, page: Page) -> Any:
        if page.is_public:
            return never_cache(csrf_protect(page.view))
        return self.admin_view(page.view, cacheable=page.revalidated)


# What a screen reader says of a control that is only an icon; read by static/fleet/js/alpine-adapter.js.
_NAMES: Final = {
    "menu": _("Menu"),
    "tabs": _("Sections of this page"),
    "path": _("Where you are"),
    "more_horiz": _("Row actions"),
    "more_vert": _("Related actions"),
    "close": _("Close"),
    "dock_to_right": _("Show or hide the sidebar"),
    "left_panel_close": _("Show or hide the sidebar"),
    "chevron_right": _("Expand"),
    "search": _("Search"),
    "add": _("Add"),
    "edit": _("Change"),
    "visibility": _("View"),
    "visibility_off": _("Hide"),
    "delete": _("Delete"),
    "arrow_back": _("Back"),
    "directions_car": _("Today"),
    "computer": _("Light or dark"),
    "light_mode": _("Light or dark"),
    "dark_mode": _("Light or dark"),
    "theme": _("Light or dark"),
    "filter_list": _("Filters"),
    "history": _("History"),
    "open_in_new": _("Open"),
    "calendar_today": _("Choose a date"),
    "schedule": _("Choose a time"),
}


def strict_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the admin has: no colours, which Unfold would write into an inline style."""
    keys = {"fleet_keys": shortcuts.of(request)} if request.user.is_staff else {}
    return {"colors": None, "fleet_names": {icon: str(name) for icon, name in _NAMES.items()}, **keys}


# Key, title, then model and icon; a model that is not registered, or that the user may not see, is left out.
_GROUPS: Final = (
    (
        "rentals",
        _("Rentals"),
        (
            ("contracts.contract", "contract"),
            ("customers.customer", "group"),
            ("contracts.payment", "payments"),
            ("contracts.charge", "request_quote"),
            ("contracts.dayclose", "point_of_sale"),
            ("contracts.extra", "add_shopping_cart"),
        ),
    ),
    (
        "fleet",
        _("Fleet"),
        (
            ("cars.car", "directions_car"),
            ("cars.occupancy", "event_busy"),
            ("cars.insurance", "shield"),
            ("cars.registration", "badge"),
            ("cars.inspection", "fact_check"),
            ("cars.serviceplan", "event_repeat"),
            ("cars.servicerecord", "build"),
            ("cars.issuereport", "report"),
            ("cars.damage", "car_crash"),
            ("cars.odometerreading", "speed"),
            ("cars.category", "category"),
            ("cars.branch", "store"),
        ),
    ),
    (
        "administration",
        _("Administration"),
        (
            ("accounts.user", "person"),
            ("accounts.apikey", "key"),
            ("accounts.tokensession", "devices"),
            ("notifications.email", "mail"),
            ("notifications.reminderrule", "schedule"),
            ("notifications.event", "bolt"),
            ("notifications.webhookendpoint", "link"),
            ("notifications.webhookdelivery", "replay"),
            ("auditlog.logentry", "history"),
            ("audit.jobrun", "schedule"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: what is registered and what this user may see."""
    groups = [{"title": "", "separator": False, "items": [*_today(request), *_pages_of(request, "")]}]
    groups += [
        {
            "title": title,
            "separator": True,
            "items": [
                *_pages_of(request, key),
                *(item for label, icon in entries for item in _item(request, label, icon)),
            ],
        }
        for key, title, entries in _GROUPS
    ]
    return [group for group in groups if group["items"]]


def _today(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"title": _("Today"), "icon": "today", "link": reverse("admin:index")}] if request.user.is_active else []


def _pages_of(request: HttpRequest, group: str) -> list[dict[str, Any]]:
    shown = [one for one in pages() if one.listed and one.group == group and one.is_open_to(request)]
    return [_entry(one) for one in shown]


def _entry(page: Page) -> dict[str, Any]:
    return {"title": page.title, "icon": page.icon, "link": reverse(f"admin:{page.name}")}


def _item(request: HttpRequest, label: str, icon: str) -> list[dict[str, Any]]:
    model = apps.get_model(label)
    shown = admin.site._registry.get(model)
    if shown is None or not shown.has_view_permission(request):
        return []
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return [{"title": capfirst(str(model._meta.verbose_name_plural)), "icon": icon, "link": address}]

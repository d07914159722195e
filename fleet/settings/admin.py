"""Unfold: the look of the admin."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fleet.settings import env


# Asked per request: the name of a static file carries its digest.
def _stylesheet(request: object) -> str:
    return static("fleet/admin.css")


def _look(request: object) -> str:
    return static("fleet/app.css")


def _theme(request: object) -> str:
    return static("fleet/theme.css")


def _adapter(request: object) -> str:
    return static("fleet/js/alpine-adapter.js")


def _control_names(request: object) -> str:
    return static("fleet/js/names.js")


def _bell(request: object) -> str:
    return static("fleet/js/bell.js")


def _icon(request: object) -> str:
    return static("fleet/icon.svg")


def _shortcuts(request: object) -> str:
    return static("fleet/js/shortcuts.js")


def _forms(request: object) -> str:
    return static("fleet/js/forms.js")


UNFOLD = {
    "SITE_TITLE": "Fleet",
    "SITE_HEADER": "Fleet",
    "SITE_SYMBOL": "directions_car",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "STYLES": [_theme, _stylesheet, _look],
    "SCRIPTS": [_adapter, _control_names, _bell, _shortcuts, _forms],
    "GLOBAL_CALLBACK": "fleet.site.strict_context",
    "ACCOUNT": {"navigation": [{"title": _("My account"), "link": reverse_lazy("admin:account")}]},
    "SITE_URL": None,  # there is no other site to go back to
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": "fleet.site.navigation"},
}

IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # the audit trail tells more
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"  # web processes keep nothing on disk
TIMELINE_PART = env.whole("FLEET_TIMELINE_PART", 12_400, least=62)  # days of cars in one answer: 400 cars for a month
FLEET_START_PAGE = "contracts.admin.today.show"
FLEET_LOGIN_PAGE = "accounts.admin.signin.show"
FLEET_ADMIN_GATE = "accounts.admin.signin.gate"  # (request) → where to go first, or None
FLEET_WHO_MAY = "accounts.roles.who_may"  # (permissions) → the roles that have one of them, in words
FLEET_SAVED_FILTERS = "accounts.admin.saved.chips"  # (model admin, request) → context of the chips above a list

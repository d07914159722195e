"""Every address: the admin, the API. Probes are answered before any of them, in observability/health.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from fleet.api import docs

api: list[URLPattern | URLResolver] = [
    path("schema/", docs.schema, name="schema"),
    path("openapi.json", docs.schema),
    path("docs/", docs.DocsView.as_view(), name="docs"),
    path("", include("accounts.api.urls")),
    path("", include("files.api.urls")),
    path("", include("cars.api.urls")),
    path("", include("customers.api.urls")),
    path("", include("contracts.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("audit.api.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("verify/", include("contracts.verify")),
    path("api/v1/", include(api)),
]

handler400 = "fleet.api.handlers.bad_request"
handler403 = "fleet.api.handlers.permission_denied"
handler404 = "fleet.api.handlers.page_not_found"
handler500 = "fleet.api.handlers.server_error"

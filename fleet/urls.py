"""Every address: the admin, the API. Probes are answered before any of them, in observability/health.py."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]

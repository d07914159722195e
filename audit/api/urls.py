"""Addresses of the trail under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from audit.api.runs import JobRunViewSet
from audit.api.views import CsvViewSet, EntryViewSet

router = SimpleRouter()
router.register("job-runs", JobRunViewSet)
router.register("audit", EntryViewSet, basename="audit")

urlpatterns = [path("audit/export.csv", CsvViewSet.as_view({"get": "export"}, basename="audit")), *router.urls]

"""Addresses of the trail under /api/v1/."""

from rest_framework.routers import SimpleRouter

from audit.api.views import EntryViewSet

router = SimpleRouter()
router.register("audit", EntryViewSet, basename="audit")

urlpatterns = router.urls

"""Addresses of notifications under /api/v1/."""

from rest_framework.routers import SimpleRouter

from notifications.api.views import EventViewSet

router = SimpleRouter()
router.register("events", EventViewSet)

urlpatterns = router.urls

"""Addresses of notifications under /api/v1/."""

from rest_framework.routers import SimpleRouter

from notifications.api.letters import EmailViewSet, ReminderRuleViewSet
from notifications.api.notices import NotificationViewSet
from notifications.api.views import EventViewSet
from notifications.api.webhooks import DeliveryViewSet, WebhookViewSet

router = SimpleRouter()
router.register("events", EventViewSet)
router.register("notifications", NotificationViewSet)
router.register("emails", EmailViewSet)
router.register("reminder-rules", ReminderRuleViewSet)
router.register("webhooks", WebhookViewSet)
router.register("webhook-deliveries", DeliveryViewSet)

urlpatterns = router.urls

"""What leaves the house: events for programs, notices for colleagues, letters, reminders before it is late."""

from notifications.models.email import Email
from notifications.models.event import Event
from notifications.models.notice import Notification
from notifications.models.reminder import ReminderRule, ReminderSent
from notifications.models.webhook import WebhookDelivery, WebhookEndpoint, WebhookProgress

__all__ = [
    "Email",
    "Event",
    "Notification",
    "ReminderRule",
    "ReminderSent",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookProgress",
]

"""Notices, letters, reminders, events and webhooks in the admin."""

from notifications.admin import events, letters, notices, reminders, webhooks

__all__ = ["events", "letters", "notices", "reminders", "webhooks"]

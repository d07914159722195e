"""Notices, letters, reminders and events in the admin."""

from notifications.admin import events, letters, notices, reminders

__all__ = ["events", "letters", "notices", "reminders"]

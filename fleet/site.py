"""The admin site."""

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class FleetAdminSite(UnfoldAdminSite):
    """Fleet's own admin."""


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Return the sidebar."""
    return []

"""System checks of the admin that ask no database: `manage.py check` and `migrate` must work before there is one."""

from typing import Any

from django.core.checks import CheckMessage
from unfold.checks import UnfoldModelAdminChecks


class FleetAdminChecks(UnfoldModelAdminChecks):  # type: ignore[misc]
    def _check_unfold_action_permission_methods(self, obj: Any) -> list[CheckMessage]:
        """Leave out what Unfold looks up in the table of permissions, which the first migration has yet to create."""
        return []

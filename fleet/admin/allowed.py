"""What of an admin's buttons is offered to whom, and when."""

from typing import Any

from django.contrib.admin import ActionLocation
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class Allowed(ModelAdmin):  # type: ignore[misc]
    """What FleetAdmin offers of itself."""

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        """Hide what is done to many rows (fleet/admin/bulk.py) from those who may not do it to one."""
        found = super().get_actions(request, action_location=action_location)
        needs: dict[str, Any] = {name: getattr(one.func, "needs", None) for name, one in found.items()}
        return {name: one for name, one in found.items() if not needs[name] or request.user.has_perm(needs[name])}

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Hide steps (fleet/admin/steps.py) that the row's state does not offer."""
        allowed = super().get_actions_detail(request, object_id)
        conditions = [getattr(one.method, "when", None) for one in allowed]
        row = self.get_object(request, object_id) if any(conditions) else None
        return [one for one, when in zip(allowed, conditions, strict=True) if when is None or (row and when(row))]

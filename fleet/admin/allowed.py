"""What of an admin's buttons is offered to whom, and when."""

from typing import Any

from django.apps import apps
from django.contrib.admin import ActionLocation
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin


class Allowed(ModelAdmin):  # type: ignore[misc]
    """What FleetAdmin offers of itself."""

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        """Hide what is done to many rows (fleet/admin/bulk.py) from those who may not do it to one."""
        found = super().get_actions(request, action_location=action_location)
        if "delete_selected" in found:  # Django's own names the kind of record, which is no sentence in every language
            one = found["delete_selected"]
            one.description = one.plural_description = _("Delete what is ticked")
        needs: dict[str, Any] = {name: getattr(one.func, "needs", None) for name, one in found.items()}
        return {name: one for name, one in found.items() if not needs[name] or request.user.has_perm(needs[name])}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Leave out the rows that only tie records together, e.g. a person to a role: nobody knows them by name."""
        shown, counts, lacking, protected = super().get_deleted_objects(objs, request)
        ties = [one._meta for one in apps.get_models(include_auto_created=True) if one._meta.auto_created]
        named = {one.verbose_name_plural for one in ties}
        kept = {name: count for name, count in counts.items() if name not in named}
        return _without(shown, tuple(f"{capfirst(one.verbose_name)}:" for one in ties)), kept, lacking, protected

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Hide steps (fleet/admin/steps.py) that the row's state does not offer."""
        allowed = super().get_actions_detail(request, object_id)
        conditions = [getattr(one.method, "when", None) for one in allowed]
        row = self.get_object(request, object_id) if any(conditions) else None
        return [one for one, when in zip(allowed, conditions, strict=True) if when is None or (row and when(row))]


def _without(shown: list[Any], beginnings: tuple[str, ...]) -> list[Any]:
    """Return the nested list without the lines that begin like this."""
    kept = (one for one in shown if not (isinstance(one, str) and one.startswith(beginnings)))
    return [_without(one, beginnings) if isinstance(one, list) else one for one in kept]

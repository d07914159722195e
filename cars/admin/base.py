"""What the lists and forms of cars have in common."""

from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest

from fleet.admin.base import FleetAdmin


class CarsAdmin(FleetAdmin):
    """Searches by `queryset.search()`; `fixed` fields are given once; what lasts is never deleted."""

    search_fields = ("pk",)  # shows the box; get_search_results() answers
    list_filter_submit = True
    fixed: ClassVar[tuple[str, ...]] = ()
    lasts: ClassVar[bool] = False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        declared = super().get_readonly_fields(request, obj)
        return (*declared, *self.fixed) if obj else declared

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.lasts and bool(super().has_delete_permission(request, obj))


def became(obj: Model, saved: Model) -> None:
    """Let the form's object be the row that the verb has saved; Django goes on with it."""
    obj.__dict__.update(saved.__dict__)


def changed(form: Any) -> dict[str, Any]:
    """Return what was changed in the form."""
    return {name: form.cleaned_data[name] for name in form.changed_data if name in form.cleaned_data}

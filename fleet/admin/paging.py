"""Pages of a list that may have millions of rows: counted as far as anybody turns pages, and no further."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST: Final = 10_000  # rows; whoever looks for older ones filters or searches
_FAR: Final = 200  # rows down


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to MOST rows: to count a million costs more than to show a page, and so does the 400,000th row."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:MOST].count() if isinstance(rows, QuerySet) else len(rows)

    def page(self, number: Any) -> Page[Any]:
        """Return the rows; far down by id, or what a list shows would be worked out for every row that is skipped."""
        found: Page[Any] = super().page(number)
        rows: Any = found.object_list
        if isinstance(rows, QuerySet) and found.start_index() > _FAR:
            found.object_list = self.object_list.filter(pk__in=list(rows.values_list("pk", flat=True)))
        return found

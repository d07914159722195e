"""Pages of a list that may have millions of rows: counted as far as anybody turns pages, and no further."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST: Final = 10_000  # rows; whoever looks for older ones filters or searches


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to MOST rows: to count a million costs more than to show a page, and so does the 400,000th row."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:MOST].count() if isinstance(rows, QuerySet) else len(rows)

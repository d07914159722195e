"""Lists are counted as far as anybody turns pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars.models import Category
from fleet.admin import paging
from fleet.admin.paging import BoundedPaginator
from tests.factories.cars import CategoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 3)
    CategoryFactory.create_batch(5)


def test_no_more_rows_are_counted_than_can_be_reached() -> None:
    with CaptureQueriesContext(connection) as asked:
        pages = BoundedPaginator(Category.objects.order_by("code"), 2)
        assert (pages.count, pages.num_pages) == (3, 2)
    assert "LIMIT 3" in asked[0]["sql"]
    assert "ORDER BY" not in asked[0]["sql"]


def test_rows_that_are_there_already_are_simply_counted() -> None:
    assert BoundedPaginator(["a", "b", "c", "d"], 2).count == 4

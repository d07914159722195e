"""What orjson writes is what DRF would write, byte for byte."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.utils.serializer_helpers import ReturnDict

from fleet.api.renderers import FleetJSONRenderer

NOON = datetime(2026, 11, 24, 12, 0, 0, 120, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    "said",
    [
        {"money": Decimal("12.30"), "on": date(2026, 2, 28), "at": NOON, "later": NOON.astimezone(UTC)},
        {"id": UUID(int=7), "none": None, "yes": True, "many": (1, 2.5, -3, 10**15), "empty": [{}, [], ""]},
        {"text": 'Šćž "\\/\b\f\n\r\t\x00\x1f\x7f </script> \u2028\u2029 🚗', "lazy": gettext_lazy("car")},
        {1: "a number as a name", "far": 2**70},
        ReturnDict({"row": [ReturnDict({"a": 1}, serializer=None)]}, serializer=None),
        [],
        "text",
        None,
    ],
)
def test_both_write_the_same(said: Any) -> None:
    renderer = FleetJSONRenderer()

    assert renderer.render(said) == renderer._by_drf(said)
    assert renderer.render(said, "application/json; indent=4") == renderer._by_drf(said, "application/json; indent=4")


def test_an_answer_that_is_kept_holds_no_more_memory_than_it_has_bytes() -> None:
    tracemalloc.start()
    try:
        kept = [FleetJSONRenderer().render({"number": number, "text": "x" * 500}) for number in range(100)]
        assert tracemalloc.get_traced_memory()[0] < sum(map(len, kept)) + 100 * 200
    finally:
        tracemalloc.stop()

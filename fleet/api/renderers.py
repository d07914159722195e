"""JSON as Fleet writes it: money is text and instants are UTC also where no serializer took care."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class FleetEncoder(JSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return str(o)  # DRF would write a float
        if isinstance(o, datetime) and o.tzinfo is not None:
            return o.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return super().default(o)


class FleetJSONRenderer(JSONRenderer):
    encoder_class = FleetEncoder


@cache
def of_file(media_type: str) -> type[FleetJSONRenderer]:
    """Return what lets `Accept` ask for a file. The view makes the file itself; what is rendered are its problems."""
    return type("FileRenderer", (FleetJSONRenderer,), {"media_type": media_type})

"""Examples for the OpenAPI document."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from contracts.api.serializers import ContractSerializer
from fleet.api.problems import MEDIA_TYPE

_CAR = "01939b3a-7c00-7000-8000-00000000c0de"
_CUSTOMER = "01939b3a-7c00-7000-8000-0000000000aa"

BOOK: Final = OpenApiExample(
    "A compact car for three days with a child seat",
    request_only=True,
    value={
        "car": _CAR,
        "customer": _CUSTOMER,
        "start_at": "2026-12-01T09:00:00+01:00",
        "end_at": "2026-12-04T09:00:00+01:00",
        "extras": [{"extra": "child_seat", "quantity": 1}],
        "external_ref": "web-4711",
    },
)
CHECK_OUT: Final = OpenApiExample(
    "Full tank, one old scratch noted",
    request_only=True,
    value={
        "odometer_km": 41200,
        "fuel_eighths": 8,
        "clean": True,
        "damages": [{"panel": "rear_bumper", "kind": "scratch", "note": "2 cm, old"}],
        "checklist": {"spare_wheel": True, "triangle": True},
    },
)
CHECK_IN: Final = OpenApiExample(
    "Six eighths of fuel, dirty, a new dent",
    request_only=True,
    value={
        "odometer_km": 41980,
        "fuel_eighths": 6,
        "clean": False,
        "damages": [{"panel": "front_left_door", "kind": "dent", "note": "5 cm", "estimate": "180.00"}],
        "remarks": "Smells of smoke.",
    },
)
CHECKED_IN: Final = OpenApiExample(
    "Returned, with charges to decide",
    response_only=True,
    status_codes=["200"],
    value={
        "id": "01939b3a-7c00-7000-8000-000000000001",
        "reference": "R-2026-000501",
        "status": "returned",
        "currency": "EUR",
        "total": "120.00",
        "paid": "120.00",
        "held": "200.00",
        "balance": "0.00",
        "charges": [
            {
                "kind": "fuel",
                "status": "proposed",
                "amount": "35.00",
                "explained": "A12-K-345: 2/8 of 50 l = 12.5 l × 1.60 + 15.00",
            }
        ],
        "steps": ["settle", "lines"],
    },
)
_REFUSAL: Final = OpenApiExample(
    "The gate refuses, with every reason",
    response_only=True,
    status_codes=["409"],
    media_type=MEDIA_TYPE,
    value={
        "refusals": [
            {
                "code": "occupied",
                "severity": "block",
                "message": "A12-K-345 is taken (rental) from 02.12.2026 09:00 to 05.12.2026 10:00.",
                "subject": "cars.occupancy",
                "subject_id": "01939b3a-7c00-7000-8000-0000000000cc",
                "until": "2026-12-05T09:00:00+00:00",
            }
        ],
        "type": "urn:fleet:problem:not_rentable",
        "title": "Conflict",
        "status": 409,
        "detail": "A12-K-345 is taken (rental) from 02.12.2026 09:00 to 05.12.2026 10:00.",
        "instance": "/api/v1/contracts/",
        "code": "not_rentable",
        "request_id": "019ab1c4-7d1e-7000-8000-000000000000",
        "errors": [],
    },
)
_PROBLEM: Final[dict[str, Any]] = {"$ref": "#/components/schemas/Problem"}

REFUSED: Final = {
    (409, MEDIA_TYPE): OpenApiResponse(
        _PROBLEM,
        description="`not_rentable` with every refusal of the gate, `illegal_step`, `out_of_stock` and others.",
        examples=[_REFUSAL],
    )
}
REPEATED: Final = OpenApiResponse(ContractSerializer, description="This `external_ref` was booked before.")

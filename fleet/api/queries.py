"""Query parameters of an address that is no list: a serializer says what may be asked, wrong ones are 400."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from fleet.api import pointers
from fleet.api.filters import InvalidFilters


def checked(request: Request, query_class: type[BaseSerializer[Any]]) -> dict[str, Any]:
    """Return the query's values. Raises InvalidFilters (400) naming every parameter that is wrong."""
    query = query_class(data=request.query_params.dict())
    if query.is_valid():
        return dict(query.validated_data)
    raise refused(query.errors)


def refused(problems: Any) -> InvalidFilters:
    errors = [
        {"parameter": entry.pop("pointer").lstrip("/"), **entry} for entry in map(dict, pointers.flattened(problems))
    ]
    names = ", ".join(dict.fromkeys(entry["parameter"] for entry in errors))
    return InvalidFilters(f"These parameters are not right: {names}.", errors=errors)

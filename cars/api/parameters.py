"""Query parameters of single actions; a wrong one is 400 and named."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from rest_framework.request import Request

from fleet.api.fields import EARLIEST_YEAR, LATEST_YEAR
from fleet.api.filters import InstantFormField
from fleet.api.pagination import BadParameter


def day(request: Request, name: str, default: date) -> date:
    found = _read(request, name, forms.DateField(required=False, input_formats=["%Y-%m-%d"])) or default
    if not EARLIEST_YEAR <= found.year < LATEST_YEAR:
        raise BadParameter(name, f"The year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}.")
    return found


def whole(request: Request, name: str, default: int, *, most: int) -> int:
    found = _read(request, name, forms.IntegerField(required=False, min_value=0, max_value=most))
    return default if found is None else found


def instant(request: Request, name: str) -> datetime | None:
    moment: datetime | None = _read(request, name, InstantFormField(required=False))
    return moment


def _read(request: Request, name: str, field: forms.Field) -> Any:
    try:
        return field.clean(request.query_params.get(name))
    except ValidationError as error:
        raise BadParameter(name, error.messages[0]) from error

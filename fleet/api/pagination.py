"""Keyset paging: every page costs the same, and rows that arrive meanwhile shift nothing.

The cursor holds the sort values of the last row. PostgreSQL puts NULLs last when ascending and first when
descending; the conditions below follow that order.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from fleet.errors import DomainError

if TYPE_CHECKING:  # these modules are named in DRF's settings, which its views read while they load
    from rest_framework.views import APIView

DEFAULT_LIMIT = 50
MOST = 200


class BadParameter(DomainError):
    """A query parameter that cannot be understood; `parameter` names it."""

    code = "invalid_parameter"
    status = 400

    def __init__(self, parameter: str, detail: str, **data: Any) -> None:
        super().__init__(detail, parameter=parameter, **data)


class Cursor(BasePagination):
    """`?limit=50&cursor=…` → `{data, has_more, next_cursor}` and a Link header."""

    parameters = ("limit", "cursor")

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        limit = limit_of(request)
        queryset, terms = self.narrowed(queryset, request)
        return self.cut(list(queryset[: limit + 1]), limit, terms, request)

    def narrowed(self, queryset: Any, request: Request) -> tuple[Any, Sequence[str]]:
        """Return what follows the cursor, and the terms of its (total) order."""
        queryset = ordered(queryset)
        terms = tuple(str(term) for term in queryset.query.order_by)
        raw = request.query_params.get("cursor")
        return _after(queryset, terms, raw) if raw else queryset, terms

    def cut(
        self,
        rows: Sequence[Any],
        limit: int,
        terms: Sequence[str],
        request: Request,
        known: Callable[[Any], Any] = lambda row: row,
    ) -> list[Any]:
        """Return the page of rows that were read with one more; `known` tells the values of a row's terms."""
        self.has_more = len(rows) > limit
        page = list(rows[:limit])
        self.next_cursor = encode(terms, known(page[-1])) if self.has_more else None
        self.request = request
        return page

    def get_paginated_response(self, data: Any) -> Response:
        response = Response(self.body(data))
        if self.next_cursor:
            response["Link"] = link(self.request.build_absolute_uri(), self.next_cursor)
        return response

    def body(self, data: Any) -> dict[str, Any]:
        return {"data": data, "has_more": self.has_more, "next_cursor": self.next_cursor}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "has_more", "next_cursor"],
            "properties": {
                "data": schema,
                "has_more": {"type": "boolean"},
                "next_cursor": {"type": ["string", "null"], "description": "Send it back as `cursor`."},
            },
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": limit, "description": "Rows per page."},
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "`next_cursor` of the page before.",
            },
        ]


def link(url: str, cursor: str) -> str:
    """Return the header that leads from this page of a list to the next one."""
    return f'<{replace_query_param(url, "cursor", cursor)}>; rel="next"'


def ordered[M: Model](queryset: QuerySet[M]) -> QuerySet[M]:
    """Make the order total: the id breaks ties, in the direction of the last term so that one index serves."""
    terms = [str(term) for term in queryset.query.order_by or queryset.model._meta.ordering or ()]
    if not {"id", "-id", "pk", "-pk"} & set(terms):
        terms.append("-id" if terms and terms[-1].startswith("-") else "id")
    return queryset.order_by(*terms)


def following[M: Model](queryset: QuerySet[M], row: M) -> QuerySet[M]:
    """Return what comes after the row, in the (total) order of the queryset."""
    terms = tuple(str(term) for term in queryset.query.order_by)
    return _after(queryset, terms, encode(terms, row))


def encode(terms: Sequence[str], row: Any) -> str:
    content = {"s": ",".join(terms), "v": [_plain(_value(row, term.lstrip("-"))) for term in terms]}
    raw = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    if isinstance(row, Mapping):
        return row[path]
    return reduce(lambda value, name: None if value is None else getattr(value, name), path.split("__"), row)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (int, str, bool)) else str(value)


def limit_of(request: Request) -> int:
    """Return how many rows are asked for. Raises BadParameter."""
    raw = request.query_params.get("limit")
    if raw is None:
        return DEFAULT_LIMIT
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= MOST):
        raise BadParameter("limit", f"limit is a whole number from 1 to {MOST}.")
    return int(raw)


def _after[M: Model](queryset: QuerySet[M], terms: Sequence[str], raw: str) -> QuerySet[M]:
    values = _decode(raw, terms)
    try:
        return queryset.filter(_beyond(list(zip(terms, values, strict=True))))
    except (ValueError, TypeError, ValidationError, FieldError) as error:
        raise BadParameter("cursor", "The cursor is not one that this list gave out.") from error


def _decode(raw: str, terms: Sequence[str]) -> list[Any]:
    try:
        content = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
        sort, values = content["s"], content["v"]
        if not all(value is None or (isinstance(value, (str, int)) and "\x00" not in str(value)) for value in values):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadParameter("cursor", "The cursor is not one that this list gave out.") from error
    if sort != ",".join(terms):
        raise BadParameter("cursor", "The cursor belongs to another sort order; begin again without it.")
    return list(values)


def _beyond(pairs: list[tuple[str, Any]]) -> Q:
    """Return the condition "comes after the row with these sort values"."""
    condition = Q(pk__in=[])
    equal = Q()
    for term, value in pairs:
        condition |= equal & _next(term, value)
        equal &= Q(**{f"{term.lstrip('-')}__isnull": True}) if value is None else Q(**{term.lstrip("-"): value})
    # The first term alone bounds the range, which an index on it can use; the alternatives above cannot.
    return _from(*pairs[0]) & condition


def _next(term: str, value: Any) -> Q:
    name = term.lstrip("-")
    if term.startswith("-"):
        return Q(**{f"{name}__isnull": False}) if value is None else Q(**{f"{name}__lt": value})
    if value is None:
        return Q(pk__in=[])
    return Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True})


def _from(term: str, value: Any) -> Q:
    name = term.lstrip("-")
    if value is None:
        return Q() if term.startswith("-") else Q(**{f"{name}__isnull": True})
    if term.startswith("-"):
        return Q(**{f"{name}__lte": value})
    return Q(**{f"{name}__gte": value}) | Q(**{f"{name}__isnull": True})

"""Query parameters, strictly: an unknown one is refused, because a misspelt filter returns everything."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from fleet.api.fields import InstantField
from fleet.api.pagination import BadParameter, Cursor
from fleet.api.pointers import flattened
from fleet.errors import DomainError

if TYPE_CHECKING:  # these modules are named in DRF's settings, which its views read while they load
    from rest_framework.views import APIView

LONGEST_QUERY = 200


class UnknownParameter(DomainError):
    code = "unknown_parameter"
    status = 400


class InvalidFilters(DomainError):
    code = "invalid_parameter"
    status = 400


def refuse_unknown(request: Request, known: Iterable[str], repeated: Iterable[str] = ()) -> None:
    """Raise UnknownParameter for a query parameter that nobody reads, BadParameter for one that says two things."""
    known = sorted(set(known))
    for name, values in request.query_params.lists():
        if name not in known:
            listed = f"Known here: {', '.join(known)}." if known else "None is known here."
            raise UnknownParameter(f"There is no parameter {name[:60]!r}. {listed}", parameter=name[:60], known=known)
        if len(values) > 1 and name not in repeated:
            raise BadParameter(name, f"{name} is asked for once.")
        if any("\x00" in value for value in values):
            raise BadParameter(name, "A NUL character cannot be searched for.")


def list_parameters(view: Any) -> set[str]:
    """Return what a list understands: its filters, `q`, `sort` and the page."""
    filterset = getattr(view, "filterset_class", None)
    names = {*Cursor.parameters, *(filterset.base_filters if filterset else ())}
    if getattr(view, "searchable", False):
        names.add("q")
    if getattr(view, "saves_filters", False):
        names.add("filter")
    if getattr(view, "sorts", ()):
        names.add("sort")
    return names


def repeated_parameters(view: Any) -> set[str]:
    """Return the filters of a list that may be given more than once: any of the values will do."""
    filterset = getattr(view, "filterset_class", None)
    filters = filterset.base_filters if filterset else {}
    return {name for name, one in filters.items() if isinstance(one, django_filters.MultipleChoiceFilter)}


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """Filters by the view's `filterset_class`, `q` by `queryset.search(text)`, `sort` by the view's `sorts`.

    `filter` names a saved filter, on lists with `saves_filters`.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is not None:
            if not filterset.is_valid():
                raise _refused(filterset.form.errors.as_data())
            queryset = filterset.qs
        if text := request.query_params.get("q", "").strip():
            if len(text) > LONGEST_QUERY:
                raise BadParameter("q", f"q is at most {LONGEST_QUERY} characters long.")
            queryset = view.search(queryset, text)  # type: ignore[attr-defined]
        if slug := request.query_params.get("filter"):
            queryset = import_string(settings.FLEET_SAVED_FILTER)(request.user, queryset, slug)
        if wanted := request.query_params.get("sort"):
            queryset = queryset.order_by(*_terms(wanted, sort_columns(view)))
        return queryset

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        parameters = []
        if getattr(view, "searchable", False):
            parameters.append(("q", {"type": "string", "maxLength": LONGEST_QUERY}, "Search text."))
        if getattr(view, "saves_filters", False):
            parameters.append(("filter", {"type": "string", "maxLength": 80}, "Name of a saved filter in addresses."))
        if columns := sort_columns(view):
            options = ", ".join(f"`{name}`" for name in columns)
            parameters.append(("sort", {"type": "string"}, f"Comma-separated; `-` means descending. {options}"))
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in parameters
        ]


def sort_columns(view: Any) -> Mapping[str, str]:
    """Return public name → column; `sorts` may be a plain sequence when both are the same."""
    sorts: Mapping[str, str] | Sequence[str] = getattr(view, "sorts", ())
    return sorts if isinstance(sorts, Mapping) else {name: name for name in sorts}


def _terms(wanted: str, columns: Mapping[str, str]) -> list[str]:
    terms: dict[str, str] = {}
    for part in wanted.split(","):
        name = part.strip().removeprefix("-")
        if name not in columns or name in terms:
            known = ", ".join(columns)
            raise BadParameter("sort", f"Cannot sort by {name[:60]!r} (once each: {known}).", known=list(columns))
        terms[name] = f"-{columns[name]}" if part.strip().startswith("-") else columns[name]
    return list(terms.values())


def _refused(fields: Mapping[str, Sequence[ValidationError]]) -> InvalidFilters:
    errors = [
        {"parameter": name, "code": one.code or "invalid", "detail": " ".join(one.messages)}
        for name, problems in fields.items()
        for one in problems
    ]
    names = ", ".join(dict.fromkeys(one["parameter"] for one in errors))
    return InvalidFilters(f"These parameters are not right: {names}.", errors=errors)


class StrictFlag(forms.Field):
    """true or false, nothing else; django-filter's own reads anything unknown as "no filter"."""

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        answer = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        if answer is None:
            raise ValidationError("Write true or false.", code="invalid_flag")
        return answer


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):  # type: ignore[misc]
    field_class = StrictFlag


class InstantFormField(forms.Field):
    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            # An unescaped + of the offset arrives as a space.
            return InstantField().run_validation(str(value).replace(" ", "+"))  # type: ignore[no-any-return]
        except serializers.ValidationError as error:
            (problem,) = flattened(error.detail)
            raise ValidationError(problem["detail"], code=problem["code"]) from error


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantFilter(django_filters.Filter):  # type: ignore[misc]
    """A moment with its offset; `field_name` and `lookup_expr` as with every filter."""

    field_class = InstantFormField

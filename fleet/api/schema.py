"""The OpenAPI document: what the views declare, plus what is the same everywhere."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from fleet.api.pagination import Cursor
from fleet.api.permissions import ANYONE, LOGGED_IN, needed
from fleet.api.problems import MEDIA_TYPE

_ENTRY = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the body; empty = the whole."},
        "parameter": {"type": "string", "description": "The query parameter, when one is to blame."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["code", "detail"],
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Branch on `code`; show `detail` to people. Further members depend on the code.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": _ENTRY},
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "additionalProperties": True,
}
# status → (when, example code, example sentence)
_PROBLEMS = {
    400: ("Malformed request or unknown query parameter.", "unknown_parameter", "There is no parameter 'colour'."),
    401: ("No log-in, or one that is not valid any more.", "not_authenticated", "Log in first."),
    403: ("The role does not allow it.", "not_allowed", "This needs the permission cars.change_car."),
    404: ("No such record, or not visible.", "not_found", "There is no such record, or you may not see it."),
    406: ("Accept names nothing that is here.", "not_acceptable", "Could not satisfy the request Accept header."),
    409: ("The state or another record forbids it.", "occupied", "The car is taken in this period."),
    410: ("It was there and is over.", "link_invalid", "This link has been used or is too old."),
    412: ("The record has changed since it was read.", "stale", "Somebody else has changed this in the meantime."),
    413: ("A body larger than this server accepts.", "too_large", "The body is larger than this server accepts."),
    415: ("Not JSON.", "unsupported_media_type", "Unsupported media type."),
    422: ("The input breaks a rule.", "invalid", "Some of what you sent is not right; see errors."),
    428: ("If-Match is missing.", "precondition_required", "Send If-Match with the ETag of the version you have read."),
    429: ("Too many requests; Retry-After says when.", "too_many_requests", "Too many requests. Wait a little."),
    500: ("A defect of ours.", "internal_error", "Something broke on our side. It is logged under the request_id."),
    503: ("Busy; Retry-After says when.", "busy", "The server is busy. Nothing was changed; try again."),
}
_ALWAYS = (400, 406, 429, 500, 503)
_TAKES_A_BODY = ("POST", "PUT", "PATCH")


class FleetSchema(AutoSchema):
    """Reads `inputs`, `parameters` and `permissions` of the views."""

    def get_request_serializer(self) -> Any:
        chosen = getattr(self.view, "inputs", {}).get(self._step())
        if chosen is not None:
            return chosen()
        return super().get_request_serializer() if self._takes_the_model() else None

    def get_response_serializers(self) -> Any:
        if self._step() == "history":
            return import_string(settings.FLEET_HISTORY_SERIALIZER)(many=True) if settings.FLEET_HISTORY else None
        return super().get_response_serializers()

    def get_filter_backends(self) -> list[Any]:
        if self._step() == "export":
            return list(getattr(self.view, "filter_backends", ()))
        return list(super().get_filter_backends()) if self._step() == "list" else []

    def _get_paginator(self) -> Any:
        return Cursor() if getattr(self.view, "pages", False) else None

    def get_override_parameters(self) -> list[Any]:
        names = getattr(self.view, "parameters", {}).get(self._step(), ())
        found = [OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY) for name in names]
        if self.method == "POST" and needed_of(self) != ANYONE:
            found.append(_header("Idempotency-Key", "Sent twice, done once."))
        if self._needs_match():
            found.append(_header("If-Match", "The ETag that was read, or `*`.", required=True))
        elif self._is_retrieve():
            found.append(_header("If-None-Match", "304 when it is still the same."))
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status in self._problem_statuses():
            operation["responses"].setdefault(str(status), self._documented(status))
        wanted = needed_of(self)
        if wanted and wanted not in (ANYONE, LOGGED_IN):
            names = (wanted,) if isinstance(wanted, str) else wanted
            operation["x-permissions"] = list(names)
        if self._is_retrieve() and "200" in operation["responses"]:
            operation["responses"]["304"] = {"description": "Not modified."}
        return operation

    def _problem_statuses(self) -> list[int]:
        statuses = list(_ALWAYS)
        if needed_of(self) != ANYONE or self.method == "POST":
            statuses.append(401)
        if needed_of(self) != ANYONE:
            statuses.append(403)
        if "{" in self.path:
            statuses.append(404)
        if self.method in _TAKES_A_BODY:
            statuses += [409, 413, 415, 422]
        if self.method == "DELETE":
            statuses.append(409)
        if self._needs_match():
            statuses += [412, 428]
        return sorted({*statuses, *getattr(self.view, "problems", {}).get(self._step(), ())})

    def _documented(self, status: int) -> Any:
        """Return a reference to the answer, which stands once in the document."""
        problem = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, "Problem")
        self.registry.register_on_missing(problem)
        name = f"Problem{status}"
        answer = ResolvedComponent(name, ResolvedComponent.RESPONSE, _answer(status, problem.ref), name)
        self.registry.register_on_missing(answer)
        return answer.ref

    def _step(self) -> str:
        return str(getattr(self.view, "step", "") or getattr(self.view, "action", "") or self.method.lower())

    def _takes_the_model(self) -> bool:
        return self._step() in ("create", "update", "partial_update") or not hasattr(self.view, "action")

    def _needs_match(self) -> bool:
        return self._step() in ("update", "partial_update", "destroy")

    def _is_retrieve(self) -> bool:
        return self._step() == "retrieve"


def _header(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=required, description=description)


def needed_of(schema: FleetSchema) -> str | tuple[str, ...] | None:
    return needed(schema.view) if getattr(schema.view, "request", None) else None


def _answer(status: int, reference: dict[str, Any]) -> dict[str, Any]:
    when, code, detail = _PROBLEMS[status]
    example = {
        "type": f"urn:fleet:problem:{code}",
        "title": "…",
        "status": status,
        "detail": detail,
        "instance": "/api/v1/…",
        "code": code,
        "request_id": "019ab1c4-7d1e-7000-8000-000000000000",
        "errors": [],
    }
    return {"description": when, "content": {MEDIA_TYPE: {"schema": reference, "example": example}}}


class StrictFilterExtension(DjangoFilterExtension):
    """django-filter's parameters, and our `q` and `sort`."""

    target_class = "fleet.api.filters.StrictFilterBackend"
    match_subclasses = False
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        extension: Any = super()
        found = extension.get_schema_operation_parameters(auto_schema, *args, **kwargs)
        return [*found, *self.target.get_schema_operation_parameters(auto_schema.view)]

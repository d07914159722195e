"""Every exception that may leave a view, translated once (architecture.md, law 4)."""

import json
from functools import singledispatch
from typing import Any, cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404
from django_ratelimit.exceptions import Ratelimited
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from fleet.api import pointers
from fleet.api.problems import MEDIA_TYPE, Problem
from fleet.db.violations import busy, refusal
from fleet.errors import DomainError, Invalid

RETRY_SOON = {"Retry-After": "1"}
RETRY_NEXT_WINDOW = {"Retry-After": "60"}


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer DRF's exception hook; None lets Django log the crash and call handler500."""
    found = translate(error)
    if found is None:
        return None
    path = context["request"].path
    # Through JSON and back: `data` may hold ids, dates and money, and lazy texts.
    # Half a surrogate pair that a message quotes has no UTF-8: it leaves as a question mark.
    body = json.loads(json.dumps(found.body(path), default=str, ensure_ascii=False).encode(errors="replace"))
    return Response(body, found.status, headers=dict(found.headers), content_type=MEDIA_TYPE)


@singledispatch
def translate(error: Exception) -> Problem | None:
    """Return what to answer, or None for a defect of ours."""
    return None


@translate.register
def _domain(error: DomainError) -> Problem:
    headers = getattr(error, "headers", {})
    return Problem(error.status, error.code, error.detail, data=error.data, headers=headers)


@translate.register
def _invalid(error: Invalid) -> Problem:
    entries = tuple(
        pointers.entry(f"/{pointers.escaped(name)}", error.code, text) for name, text in error.fields.items()
    )
    return Problem(error.status, error.code, error.detail, entries, error.data)


@translate.register
def _validation(error: exceptions.ValidationError) -> Problem:
    entries = tuple(pointers.flattened(error.detail))
    return Problem(422, "invalid", _summary(entries), entries)


@translate.register
def _model_validation(error: ModelValidationError) -> Problem:
    entries = pointers.of_model_error(error)
    return Problem(422, "invalid", _summary(entries), entries)


def _summary(entries: tuple[dict[str, str], ...]) -> str:
    if len(entries) == 1:
        return f"{entries[0]['pointer'].lstrip('/')}: {entries[0]['detail']}".removeprefix(": ")
    return "Some of what you sent is not right; see errors."


@translate.register
def _api(error: exceptions.APIException) -> Problem:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    code = str(error.detail.code if isinstance(error.detail, exceptions.ErrorDetail) else error.default_code)
    return Problem(error.status_code, _RENAMED.get(code, code), _text(error.detail), headers=headers)


_RENAMED = {
    "parse_error": "malformed",
    "permission_denied": "not_allowed",
    "throttled": "too_many_requests",
}


def _text(detail: Any) -> str:
    if isinstance(detail, dict):
        detail = detail.get("detail", detail)
    return str(detail)


@translate.register
def _missing(error: Http404) -> Problem:
    return Problem(404, "not_found", "There is no such record, or you may not see it.")


@translate.register
def _denied(error: PermissionDenied) -> Problem:
    return Problem(403, "not_allowed", str(error) or "You may not do this.")


@translate.register
def _limited(error: Ratelimited) -> Problem:
    detail = "Too many requests. Wait a little and try again."
    return Problem(429, "too_many_requests", detail, headers=getattr(error, "headers", RETRY_NEXT_WINDOW))


@translate.register(RequestDataTooBig)
@translate.register(TooManyFieldsSent)
def _too_big(error: Exception) -> Problem:
    return Problem(413, "too_large", "The request's body is larger than this server accepts.")


@translate.register(ProtectedError)
@translate.register(RestrictedError)
def _protected(error: ProtectedError | RestrictedError) -> Problem:
    objects = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
    kinds = sorted({str(cast("Any", one)._meta.verbose_name_plural) for one in objects})
    return Problem(
        409, "protected", f"It has history and cannot be deleted: {', '.join(kinds)}.", data={"protected_by": kinds}
    )


@translate.register
def _integrity(error: IntegrityError) -> Problem:
    return _domain(refusal(error))


@translate.register
def _data(error: DataError) -> Problem:
    return Problem(422, "invalid", "A value is out of range or holds characters that cannot be stored.")


@translate.register(OperationalError)
@translate.register(InterfaceError)
def _operational(error: OperationalError | InterfaceError) -> Problem | None:
    return _unavailable(error) if busy(error) else None


@translate.register(PoolTimeout)
def _unavailable(error: Exception) -> Problem:
    return Problem(503, "busy", "The server is busy. Nothing was changed; try again.", headers=RETRY_SOON)

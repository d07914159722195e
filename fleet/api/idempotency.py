"""A POST that is sent twice has one effect (draft-ietf-httpapi-idempotency-key-header).

The key is claimed in a transaction of its own, so a second request finds it at once. The effect and its answer are
then committed together: a server that dies between them has done neither. A claim that was taken over (its
server was believed dead) cannot be kept any more, which rolls the slow one back.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.db import unit
from fleet.errors import DomainError, Invalid

LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


@dataclass(frozen=True)
class Stored:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """`id` is our fence; `answer` is what an earlier request got, `running` that it still runs."""

    id: int
    fingerprint: str
    answer: Stored | None = None
    running: bool = False


class Store(Protocol):
    def claim(self, user: Any, key: str, fingerprint: str) -> Claim: ...
    def keep(self, claim: Claim, answer: Stored) -> bool: ...
    def release(self, claim: Claim) -> None: ...


class StillRunning(DomainError):
    code = "request_in_progress"
    status = 409
    headers = {"Retry-After": "1"}
    detail = "The first request with this Idempotency-Key is still running. Ask again in a moment."


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    detail = "This Idempotency-Key came before with another request. Use a new key for a new request."


class TakenOver(StillRunning):
    detail = "Another request with this Idempotency-Key has taken over. Ask again in a moment."


def once(view: Any, handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a POST handler so that the same key and body get the same answer."""

    def answered(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        store: Any = import_module(settings.FLEET_IDEMPOTENCY)
        fingerprint = _fingerprint(request)
        claim = store.claim(request.user, key_of(request), fingerprint)
        if claim.fingerprint != fingerprint:
            raise KeyReused
        if claim.answer:
            return _replayed(claim.answer)
        if claim.running:
            raise StillRunning
        return _first(view, store, claim, lambda: handler(request, *args, **kwargs))

    return answered


def key_of(request: Request) -> str:
    """Return the key, bare or quoted (the draft's structured-field form). Raises Invalid."""
    key = request.headers["Idempotency-Key"].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.", code="idempotency_key_invalid"
        )
    return key


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request._request.body)
    return digest.hexdigest()


def _first(view: Any, store: Store, claim: Claim, work: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        with unit.work():
            response = _rendered(view, work())
            if not store.keep(claim, _stored(response, view.shown_once)):
                raise TakenOver
        return response
    except BaseException as error:
        return _failed(view, store, claim, error)


def _failed(view: Any, store: Store, claim: Claim, error: BaseException) -> HttpResponse:
    """Keep a domain's no; forget everything else, so that a corrected or repeated request may use the key."""
    try:
        if not isinstance(error, Exception):
            raise error
        response = _rendered(view, view.handle_exception(error))
    except BaseException:
        store.release(claim)
        raise
    if response.status_code == 409 and not isinstance(error, TakenOver):
        store.keep(claim, _stored(response, view.shown_once))
    else:
        store.release(claim)
    return response


def _rendered(view: Any, response: HttpResponse) -> HttpResponse:
    response = view.finalize_response(view.request, response, *view.args, **view.kwargs)
    return response.render() if isinstance(response, Response) else response


def _stored(response: HttpResponse, secrets: Sequence[str]) -> Stored:
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    body = response.content
    if secrets and response.status_code < 300:
        body = json.dumps(json.loads(body) | dict.fromkeys(secrets)).encode()
    return Stored(response.status_code, body, headers)


def _replayed(answer: Stored) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers={**answer.headers, "Idempotency-Replayed": "true"})

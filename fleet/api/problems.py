"""The one shape of every error answer: problem+json (RFC 9457) with a stable code and the request's id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.encoding import escape_uri_path

from fleet.observability import request_id

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """What went wrong, before it is written down. `errors` holds {pointer | parameter, code, detail}."""

    status: int
    code: str
    detail: str
    errors: tuple[dict[str, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, path: str) -> dict[str, Any]:
        """Return the members in the order a reader wants them; `data` never hides a standard member."""
        return {
            **self.data,
            "type": f"urn:fleet:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": escape_uri_path(path),
            "code": self.code,
            "request_id": request_id.current(),
            "errors": list(self.errors) or self.data.get("errors", []),
        }


def plain_response(request: HttpRequest, problem: Problem) -> JsonResponse:
    """Answer outside DRF: unknown paths, crashes, refused hosts."""
    return JsonResponse(
        problem.body(request.path), status=problem.status, content_type=MEDIA_TYPE, headers=dict(problem.headers)
    )

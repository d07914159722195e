"""Entity tags (RFC 9110 §8.8): nobody overwrites what he has not seen.

The tag is `"<version>.<digest of the body>"`. Writers compare the version only, readers the whole: a balance or an
"overdue" that changed without a save still reaches a client that asks with If-None-Match. `If-Match: "<version>"`
is understood too.
"""

import re
from zlib import crc32

from django.db import models
from django.http import HttpResponseBase, HttpResponseNotModified
from rest_framework.request import Request
from rest_framework.response import Response

from fleet.errors import DomainError

_TAG = re.compile(r'"(\d{1,9})(?:\.[0-9a-f]{8})?"')


class PreconditionRequired(DomainError):
    code = "precondition_required"
    status = 428
    detail = "Send If-Match with the ETag of the version you have read, so that nobody's change is lost."


class PreconditionFailed(DomainError):
    code = "stale"
    status = 412
    detail = "Somebody else has changed this in the meantime. Load it again and repeat your change."


def version_of(instance: models.Model) -> int:
    return int(getattr(instance, "version", 0))


def require_match(request: Request, instance: models.Model, *, optional: bool = False) -> None:
    """Compare If-Match with the row's version. Raises PreconditionRequired and PreconditionFailed."""
    header = request.headers.get("If-Match")
    if header is None:
        if optional:
            return
        raise PreconditionRequired
    if header.strip() == "*":
        return
    # Weak tags never match (RFC 9110 §13.1.1), so W/"3" is no version.
    wanted = {found[1] for part in header.split(",") if (found := _TAG.fullmatch(part.strip()))}
    if str(version_of(instance)) not in wanted:
        raise PreconditionFailed(current_version=version_of(instance))


def tag_of(version: int, content: bytes) -> str:
    return f'"{version}.{crc32(content):08x}"'


def tagged(request: Request, response: Response, version: int) -> Response:
    """Give the response its ETag once it is rendered, and turn it into 304 when the client has it already."""
    wanted = request.headers.get("If-None-Match", "") if request.method in ("GET", "HEAD") else ""

    def write(rendered: Response) -> HttpResponseBase | None:
        tag = tag_of(version, rendered.content)
        rendered["ETag"] = tag
        known = [part.strip().removeprefix("W/") for part in wanted.split(",")]
        if tag in known or known == ["*"]:
            unchanged = HttpResponseNotModified()
            for name in ("ETag", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy"):
                if rendered.has_header(name):
                    unchanged[name] = rendered[name]
            return unchanged
        return None

    response.add_post_render_callback(write)
    return response


def matched(request: Request, response: Response, tag: str) -> Response:
    """Give an answer that is no row its tag, and turn it into 304 when the client has it already."""
    response["ETag"] = f'"{tag}"'
    known = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if response["ETag"] in known:
        response.status_code, response.data = 304, None
    return response

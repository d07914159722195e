"""The OpenAPI document and the page that shows it."""

from functools import cache
from typing import Any
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.http import etag, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


@cache
def document() -> bytes:
    """Return the document; it depends on code alone, so a process builds it once."""
    rendered: bytes = OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True))
    return rendered


@require_safe
@etag(lambda request: f'"{crc32(document()):08x}"')
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        document(), content_type="application/vnd.oai.openapi+json", headers={"Cache-Control": "no-cache"}
    )


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own server, without inline script or style."""

    template_name = "api/docs.html"
    url_name = "schema"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        view: Any = super()
        response: Response = view.get(request, *args, **kwargs)
        response.data["own_css"] = static("fleet/docs.css")
        return response

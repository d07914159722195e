"""Uploading: first the file, then the record that it belongs to."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from files import uploads
from files.api.serializers import FileSerializer, UploadInput
from fleet.api.views import FleetView


class UploadView(FleetView):
    """Keeps a file that belongs to nothing yet; what is not attached within a day is removed."""

    parser_classes = (MultiPartParser,)
    permissions = {"post": "files.add_file"}
    repeatable = False  # a second upload is a second file, and an orphan that is swept

    @extend_schema(request={"multipart/form-data": UploadInput}, responses={201: FileSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload one file as multipart/form-data; its type is found in its bytes."""
        sent = self.validated(UploadInput)["file"]
        file = uploads.receive(sent.read(), sent.name, by=self.by)
        return Response(FileSerializer(file, context={"request": request}).data, 201)

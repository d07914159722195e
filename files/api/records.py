"""`files/` below a record: whoever may see the record may see its files, whoever may change it may change them."""

from typing import Any, Final

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from files import access, uploads
from files.api.serializers import AttachInput, FileSerializer, LinkSerializer
from files.models import Attachment, File
from fleet.api.views import FleetViewSet

_ONE: Final = r"files/(?P<file_id>[0-9a-fA-F-]{36})"
_ID: Final = OpenApiParameter("file_id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH)


def file_permissions(view: str, change: str) -> dict[str, str]:
    """Return what a viewset with files adds to its `permissions`."""
    return {"files": view, "file": view, "attach": change, "detach": change}


class FilesMixin[M: models.Model](FleetViewSet[M]):
    """Adds the list of a record's files, their links, attaching and removing."""

    @extend_schema(responses=FileSerializer(many=True))
    @action(detail=True)
    def files(self, request: Request, pk: str) -> Response:
        """List the files of the record, in the order in which they came."""
        return Response(
            FileSerializer(File.objects.of(self.get_object()), many=True, context=self.get_serializer_context()).data
        )

    @extend_schema(request=AttachInput, responses={201: FileSerializer(many=True)})
    @files.mapping.post
    def attach(self, request: Request, pk: str) -> Response:
        """Let one's own uploads belong to the record."""
        record = self.get_object()
        added = self.join(record, self.validated(self.inputs.get("attach", AttachInput)))
        return Response(
            FileSerializer([one.file for one in added], many=True, context=self.get_serializer_context()).data, 201
        )

    def join(self, record: M, sent: dict[str, Any]) -> list[Attachment]:
        """Attach; a record whose files have roles overrides it."""
        return uploads.attach(record, sent["attach"], by=self.by)

    @extend_schema(parameters=[_ID], responses=LinkSerializer)
    @action(detail=True, url_path=_ONE)
    def file(self, request: Request, pk: str, file_id: str) -> Response:
        """Give an address that opens the file for 15 minutes; asking for it is put on record."""
        record = self.get_object()
        link = access.link(record, access.of(record, file_id), now=timezone.now())
        return Response(LinkSerializer(link).data)

    @extend_schema(parameters=[_ID], responses={204: None})
    @file.mapping.delete
    def detach(self, request: Request, pk: str, file_id: Any) -> Response:
        """Take the file from the record; its bytes are removed."""
        record = self.get_object()
        uploads.detach(record, access.of(record, file_id).pk, by=self.by)
        return Response(status=204)

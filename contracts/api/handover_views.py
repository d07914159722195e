"""handovers/: what was seen when cars changed hands, with photos and signatures."""

from typing import Any

from rest_framework import serializers

from contracts.api.parts import HandoverOutput
from contracts.models import Attachment, Handover
from files import uploads
from files.api.records import FilesMixin, file_permissions
from files.api.serializers import AttachInput
from fleet.api.views import FleetViewSet


class HandoverAttachInput(AttachInput):
    role = serializers.ChoiceField(Attachment.Role.choices, required=False, default=Attachment.Role.PHOTO)


class HandoverViewSet(FilesMixin[Handover], FleetViewSet[Handover]):
    """To look at; they are written by check-out, swap and check-in. Photos and the signature may follow."""

    queryset = Handover.objects.select_related("by")
    serializer_class = HandoverOutput
    sorts = ("at",)
    permissions = {
        "list": "contracts.view_handover",
        "retrieve": "contracts.view_handover",
        **file_permissions("contracts.view_handover", "contracts.check_out_contract"),
    }
    inputs = {"attach": HandoverAttachInput}

    def join(self, record: Handover, sent: dict[str, Any]) -> list[Any]:
        return uploads.attach(record, sent["attach"], by=self.by, role=sent["role"])

"""agreements/: what customers have signed, each version as it was."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Agreement, Contract
from files import access, kinds
from files.api.serializers import LinkSerializer
from fleet.api.serializers import StrictModelSerializer
from fleet.api.views import FleetViewSet


class AgreementSerializer(StrictModelSerializer):
    class Meta:
        model = Agreement
        fields = ("id", "contract", "number", "language", "sha256", "signed_at", "created_at", "created_by")
        read_only_fields = fields


class AgreementViewSet(FleetViewSet[Agreement]):
    """Written at check-out, at an extension and at a swap; never changed."""

    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    sorts = ("created_at",)
    permissions = {
        "list": "contracts.view_agreement",
        "retrieve": "contracts.view_agreement",
        "file": "contracts.view_agreement",
    }

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.filter(contract__in=Contract.objects.visible_to(self.request.user))

    @extend_schema(responses=LinkSerializer)
    @action(detail=True)
    def file(self, request: Request, pk: str) -> Response:
        """Give an address that opens the PDF for 15 minutes; asking for it is put on record."""
        agreement = self.get_object()
        name = f"{agreement}.pdf"
        link = access.link_to_stored(
            agreement, agreement.file.name or "", name=name, kind=kinds.PDF, now=timezone.now()
        )
        return Response(LinkSerializer(link).data)

"""agreements/, contracts/{id}/agreement/ and verify/: what customers have signed, each version as it was."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import agreement as agreements
from contracts import pdf
from contracts.api.agreements import AgreementSerializer, ContractAgreementOutput, SignInput, VerdictOutput
from contracts.models import Agreement, Contract
from contracts.querysets import AgreementQuerySet
from files import access, kinds
from files.api.serializers import LinkSerializer
from fleet.api.pagination import BadParameter
from fleet.api.permissions import ANYONE
from fleet.api.views import FleetView, FleetViewSet

# Everything about the customer stands in the document.
READ_IT = ("contracts.view_agreement", "customers.view_pii")
_VERSION = OpenApiParameter("version", OpenApiTypes.INT, description="Without it: the newest.")


class AgreementViewSet(FleetViewSet[Agreement]):
    """Written at check-out, at an extension, at a swap and when the customer signs; never changed."""

    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    sorts = ("created_at",)
    permissions = {
        "list": "contracts.view_agreement",
        "retrieve": "contracts.view_agreement",
        "file": READ_IT,
        "sign": "contracts.sign_agreement",
    }
    inputs = {"sign": SignInput}

    def get_queryset(self) -> AgreementQuerySet:
        return Agreement.objects.visible_to(self.request.user).defer("snapshot")

    @extend_schema(responses=LinkSerializer)
    @action(detail=True)
    def file(self, request: Request, pk: str) -> Response:
        """Give an address that opens the PDF for 15 minutes; asking for it is put on record."""
        kept = agreements.store(self.get_object())
        key = kept.file.name or ""
        link = access.link_to_stored(kept, key, name=f"{kept}.pdf", kind=kinds.PDF, now=timezone.now())
        return Response(LinkSerializer(link).data)

    @extend_schema(responses={201: AgreementSerializer})
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Let the customer sign the newest version; the answer is the version that carries the signature."""
        found = self.get_object()
        return self.answer(agreements.sign(found.pk, **self.validated(), by=self.by, now=timezone.now()), 201)


class _OfContract(FleetView):
    parameters = {"get": ("version",)}

    def versions(self) -> AgreementQuerySet:
        contract = get_object_or_404(Contract.objects.visible_to(self.by), pk=self.kwargs["id"])
        return Agreement.objects.filter(contract=contract).select_related("contract").newest_first()

    def chosen(self) -> Agreement:
        """Return the version that `?version=` names, else the newest; 404 without one."""
        wanted = self.request.GET.get("version", "")
        if not wanted:
            return get_object_or_404(self.versions()[:1])
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 4:
            raise BadParameter("version", "version is a number.")
        return get_object_or_404(self.versions(), number=int(wanted))


class ContractAgreement(_OfContract):
    """The agreement of a contract, with all its versions."""

    permissions = {"get": "contracts.view_agreement", "post": "contracts.check_out_contract"}

    @extend_schema(request=None, responses={201: AgreementSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Draw up the first version, for a contract that came from elsewhere with its car out."""
        contract = get_object_or_404(Contract.objects.visible_to(self.by), pk=self.kwargs["id"])
        written = agreements.draw_up(contract.pk, by=self.by, now=timezone.now())
        return Response(AgreementSerializer(written, context={"request": request}).data, 201)

    @extend_schema(parameters=[_VERSION], responses=ContractAgreementOutput)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show the newest version, or the one asked for, where its PDF is, and which versions there are."""
        shown = self.chosen()
        where = request.build_absolute_uri(f"{request.path}pdf/?version={shown.number}")
        found = {"agreement": shown, "pdf": where, "versions": self.versions().defer("snapshot")}
        return Response(ContractAgreementOutput(found, context={"request": request}).data)


class ContractAgreementPdf(_OfContract):
    """The PDF itself."""

    permissions = {"get": READ_IT}
    downloads = {"get": (kinds.PDF.media_type,)}

    @extend_schema(parameters=[_VERSION], responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the PDF, also while the file storage is silent; put on record."""
        return pdf.response(self.chosen())


class VerifyView(FleetView):
    """Whether a code on paper is one of ours; open to anyone, and silent about people."""

    permissions = {"get": ANYONE}
    authentication_classes = ()

    @extend_schema(responses=VerdictOutput, auth=[])
    def get(self, request: Request, code: str) -> Response:
        """Answer yes or no, and for yes: which contract and version, when, whether signed and still the newest."""
        return Response(VerdictOutput(agreements.verdict(code)).data)

"""Addresses of contracts under /api/v1/, and what contracts add below cars and customers."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contracts.api.agreement_views import AgreementViewSet, ContractAgreement, ContractAgreementPdf, VerifyView
from contracts.api.availability import AvailabilityView
from contracts.api.handover_views import HandoverViewSet
from contracts.api.money_views import ChargeViewSet, ExtraViewSet, PaymentViewSet
from contracts.api.nested import CarContracts, ContractCharges, ContractPayments, CustomerContracts
from contracts.api.report_views import urlpatterns as reports
from contracts.api.risk_views import AtRiskViewSet, ServiceInsideView
from contracts.api.till_views import DayCloseViewSet
from contracts.api.views import ContractViewSet

router = SimpleRouter()
router.register("contracts", ContractViewSet)
router.register("agreements", AgreementViewSet)
router.register("handovers", HandoverViewSet)
router.register("charges", ChargeViewSet)
router.register("payments", PaymentViewSet)
router.register("extras", ExtraViewSet)
router.register("day-closes", DayCloseViewSet)

urlpatterns = [
    path("cars/availability/", AvailabilityView.as_view(), name="availability"),
    path("cars/<uuid:id>/contracts/", CarContracts.as_view({"get": "list"}), name="car-contracts"),
    path("customers/<uuid:id>/contracts/", CustomerContracts.as_view({"get": "list"}), name="customer-contracts"),
    path("contracts/at-risk/", AtRiskViewSet.as_view({"get": "list"}), name="contracts-at-risk"),
    path("contracts/service-inside/", ServiceInsideView.as_view(), name="contracts-service-inside"),
    path("verify/<str:code>/", VerifyView.as_view(), name="verify-code"),
    path("contracts/<uuid:id>/agreement/", ContractAgreement.as_view(), name="contract-agreement"),
    path("contracts/<uuid:id>/agreement/pdf/", ContractAgreementPdf.as_view(), name="contract-agreement-pdf"),
    path("contracts/<uuid:id>/charges/", ContractCharges.as_view({"get": "list"}), name="contract-charges"),
    path(
        "contracts/<uuid:id>/payments/",
        ContractPayments.as_view({"get": "list", "post": "create"}),
        name="contract-payments",
    ),
    *reports,
    path("", include(router.urls)),
]

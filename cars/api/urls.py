"""Addresses of cars under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from cars.api.views import car, due, ledger, papers, places, workshop

router = SimpleRouter()
router.register("branches", places.BranchViewSet)
router.register("categories", places.CategoryViewSet)
router.register("cars", car.CarViewSet)
router.register("insurances", papers.InsuranceViewSet)
router.register("registrations", papers.RegistrationViewSet)
router.register("inspections", papers.InspectionViewSet)
router.register("service-plans", workshop.ServicePlanViewSet)
router.register("service-records", workshop.ServiceRecordViewSet)
router.register("issues", workshop.IssueViewSet)
router.register("damages", workshop.DamageViewSet)
router.register("occupancies", ledger.OccupancyViewSet)
router.register("odometer-readings", ledger.ReadingViewSet)

urlpatterns = [
    path("due/", due.DueView.as_view(), name="due"),
    path("gaps/", due.GapsView.as_view(), name="gaps"),
    *router.urls,
]

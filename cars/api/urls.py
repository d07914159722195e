"""Addresses of cars under /api/v1/."""

from rest_framework.routers import SimpleRouter

from cars.api import belongings, views

router = SimpleRouter()
router.register("branches", views.BranchViewSet)
router.register("categories", views.CategoryViewSet)
router.register("cars", views.CarViewSet)
router.register("insurances", belongings.InsuranceViewSet)
router.register("registrations", belongings.RegistrationViewSet)
router.register("inspections", belongings.InspectionViewSet)
router.register("service-plans", belongings.ServicePlanViewSet)
router.register("service-records", belongings.ServiceRecordViewSet)
router.register("issues", belongings.IssueViewSet)
router.register("damages", belongings.DamageViewSet)
router.register("occupancies", belongings.OccupancyViewSet)
router.register("odometer-readings", belongings.ReadingViewSet)

urlpatterns = router.urls

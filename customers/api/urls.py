"""Addresses of customers under /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from customers.api.duplicates import DuplicatesView
from customers.api.views import CountriesView, CustomerViewSet, DocumentViewSet, FlagViewSet

router = SimpleRouter()
router.register("customers", CustomerViewSet)
router.register("documents", DocumentViewSet)
router.register("flags", FlagViewSet)

urlpatterns = [
    path("countries/", CountriesView.as_view(), name="countries"),
    path("customers/duplicates/", DuplicatesView.as_view(), name="customer-duplicates"),
    path("", include(router.urls)),
]

"""Addresses of files under /api/v1/; those of a record hang below the record."""

from django.urls import path

from files.api.views import UploadView

urlpatterns = [path("files/", UploadView.as_view(), name="files")]

"""The roof as a Django app: commands, and the admin site in place of Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

from fleet.celery import app as celery_app


class FleetAdminConfig(AdminConfig):
    default_site = "fleet.site.FleetAdminSite"


class FleetConfig(AppConfig):
    name = "fleet"
    verbose_name = _("Fleet")
    celery = celery_app  # imported with the apps, so that every process sends its tasks to our broker

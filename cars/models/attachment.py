"""Files of cars: scans of papers and services, photos of cars, issues and damages."""

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from cars.models.car import Car
from cars.models.damage import Damage
from cars.models.issue import IssueReport
from cars.models.paper import Inspection, Insurance, Registration
from cars.models.service import ServiceRecord
from files import models as files

_RECORDS: Final = ("car", "insurance", "registration", "inspection", "service_record", "issue", "damage")


def _record(model: type[models.Model], name: Any) -> "models.ForeignKey[models.Model | None]":
    return models.ForeignKey(model, models.CASCADE, null=True, related_name="attachments", verbose_name=name)


class Attachment(files.Attachment):
    """A file of exactly one of these."""

    car = _record(Car, _("car"))
    insurance = _record(Insurance, _("insurance"))
    registration = _record(Registration, _("registration"))
    inspection = _record(Inspection, _("inspection"))
    service_record = _record(ServiceRecord, _("service record"))
    issue = _record(IssueReport, _("issue"))
    damage = _record(Damage, _("damage"))

    class Meta(files.Attachment.Meta):
        constraints = (files.one_of("attachment_of_one_record", _RECORDS),)

"""The moment at which a car changes hands."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Assignment
from contracts.status import Status
from fleet.db.base import Base, BaseQuerySet


class Handover(Base):
    """What counter and customer saw together: odometer, fuel, cleanliness, damages."""

    class Kind(models.TextChoices):
        OUT = "out", _("out")
        IN = "in", _("in")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="handovers", verbose_name=_("assignment"))
    kind = models.CharField(_("kind"), max_length=3, choices=Kind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    odometer_km = models.PositiveIntegerField(_("odometer in km"))
    fuel_eighths = models.PositiveSmallIntegerField(_("fuel in eighths"), null=True, blank=True)
    battery_pct = models.PositiveSmallIntegerField(_("battery in %"), null=True, blank=True)
    is_clean = models.BooleanField(_("clean"), default=True)
    checklist = models.JSONField(_("checklist"), default=dict, blank=True)
    remarks = models.TextField(_("remarks"), blank=True, max_length=2000)

    objects = BaseQuerySet["Handover"].as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=("assignment", "kind"),
                name="handover_once",
                violation_error_message=_("The car was already handed over."),
            ),
            models.CheckConstraint(
                condition=Q(fuel_eighths__isnull=True) | Q(fuel_eighths__lte=8),
                name="handover_fuel_in_eighths",
                violation_error_message=_("Fuel is 0 to 8 eighths."),
            ),
            models.CheckConstraint(
                condition=Q(battery_pct__isnull=True) | Q(battery_pct__lte=100),
                name="handover_battery_in_percent",
                violation_error_message=_("The battery is 0 to 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(fuel_eighths__isnull=False) | Q(battery_pct__isnull=False),
                name="handover_has_level",
                violation_error_message=_("Give the fuel or the battery level."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.odometer_km} km"

    @property
    def is_final(self) -> bool:
        """Say whether its files are only read any more: photos may follow until the books of the rental are closed."""
        return self.assignment.contract.status == Status.CLOSED

"""What must be serviced when, and what was."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cars.models.branch import NOT_NEGATIVE, Category
from cars.models.car import Car
from cars.models.occupancy import Occupancy
from cars.querysets import PlanQuerySet, RecordQuerySet
from fleet.db.base import Base


class ServicePlan(Base):
    """A service that comes due after so many km or months, for one car or for every car of a category."""

    car = models.ForeignKey(
        Car, models.PROTECT, null=True, blank=True, related_name="service_plans", verbose_name=_("car")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="service_plans", verbose_name=_("category")
    )
    service_type = models.CharField(_("service"), max_length=60)
    every_km = models.PositiveIntegerField(_("every … km"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(_("every … months"), null=True, blank=True)
    warn_km = models.PositiveIntegerField(_("warn … km before"), default=2000)
    warn_days = models.PositiveSmallIntegerField(_("warn … days before"), default=30)
    critical_km = models.PositiveIntegerField(_("critical … km before"), default=500)
    critical_days = models.PositiveSmallIntegerField(_("critical … days before"), default=7)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("service plan")
        verbose_name_plural = _("service plans")
        ordering = ("service_type", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(car__isnull=False, category__isnull=True) | Q(car__isnull=True, category__isnull=False),
                name="serviceplan_car_or_category",
                violation_error_message=_("A plan is for one car or for one category."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is no refusal, so every NULL is named.
                condition=(Q(every_km__isnull=True) | Q(every_km__gte=1))
                & (Q(every_months__isnull=True) | Q(every_months__gte=1))
                & (Q(every_km__isnull=False) | Q(every_months__isnull=False)),
                name="serviceplan_has_interval",
                violation_error_message=_("Give a number of km or of months, 1 or more."),
            ),
        )

    def __str__(self) -> str:
        return self.service_type


class ServiceRecord(Base):
    """A service that was done."""

    car = models.ForeignKey(Car, models.PROTECT, related_name="service_records", verbose_name=_("car"))
    service_date = models.DateField(_("date"))
    odometer_km = models.PositiveIntegerField(_("odometer in km"))
    service_type = models.CharField(_("service"), max_length=60)
    vendor = models.CharField(_("vendor"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    cost = models.DecimalField(
        _("cost"), max_digits=12, decimal_places=2, default=Decimal("0.00"), validators=[NOT_NEGATIVE]
    )
    plan = models.ForeignKey(
        ServicePlan, models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("plan")
    )
    next_service_km = models.PositiveIntegerField(_("next service at km"), null=True, blank=True)
    next_service_date = models.DateField(_("next service on"), null=True, blank=True)
    occupancy = models.OneToOneField(
        Occupancy,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="service_record",
        verbose_name=_("workshop days"),
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        ordering = ("-service_date", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="servicerecord_cost_not_negative",
                violation_error_message=_("The cost is 0 or more."),
            ),
        )
        indexes = (
            # the last service of a car: cars/mileage.py
            models.Index(fields=("car", "-service_date"), name="servicerecord_latest"),
        )

    def __str__(self) -> str:
        return f"{self.service_type} {self.service_date:%d.%m.%Y}"

    @property
    def is_final(self) -> bool:
        """Say whether its files are only read any more."""
        return self.car.is_final

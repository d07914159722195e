"""Where cars stand and what class they are rented in."""

from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cars.querysets import BranchQuerySet, CategoryQuerySet
from fleet import territory
from fleet.db.base import Base

CODE = RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z", _("Only small letters, digits, dashes and underscores."))
NOT_NEGATIVE = MinValueValidator(Decimal(0))


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("This is no time zone of the IANA database."), code="time_zone")


class Branch(Base):
    """A counter with a yard: its time zone decides what a day is."""

    code = models.CharField(_("code"), max_length=20, validators=[CODE])
    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Sarajevo", validators=[known_time_zone])
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                Lower("code"),
                name="branch_code_once",
                violation_error_code="code_taken",
                violation_error_message=_("There is already a branch with this code."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def country(self) -> str:
        return territory.of_zone(self.time_zone)


class Category(Base):
    """A rental class: what cars of it cost, and who may drive them."""

    code = models.CharField(_("code"), max_length=20, validators=[CODE])
    name = models.CharField(_("name"), max_length=80)
    daily_rate = models.DecimalField(_("daily rate"), max_digits=12, decimal_places=2, validators=[NOT_NEGATIVE])
    deposit = models.DecimalField(_("deposit"), max_digits=12, decimal_places=2, validators=[NOT_NEGATIVE])
    min_driver_age = models.PositiveSmallIntegerField(_("minimum age of drivers"), default=21)
    km_per_day = models.PositiveIntegerField(
        _("km per day"), null=True, blank=True, help_text=_("Empty means unlimited.")
    )
    excess_km_rate = models.DecimalField(
        _("price per excess km"), max_digits=12, decimal_places=2, default=Decimal("0.00"), validators=[NOT_NEGATIVE]
    )
    turnaround_minutes = models.PositiveSmallIntegerField(
        _("turnaround in minutes"), default=60, help_text=_("Time to clean the car before the next rental.")
    )
    upgrade_rank = models.PositiveSmallIntegerField(
        _("upgrade rank"), default=0, help_text=_("A higher rank may replace a lower one.")
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("upgrade_rank", "name")
        constraints = (
            models.UniqueConstraint(
                Lower("code"),
                name="category_code_once",
                violation_error_code="code_taken",
                violation_error_message=_("There is already a category with this code."),
            ),
            models.CheckConstraint(
                condition=models.Q(daily_rate__gte=0, deposit__gte=0, excess_km_rate__gte=0),
                name="category_money_not_negative",
                violation_error_message=_("Rates and deposits are 0 or more."),
            ),
            models.CheckConstraint(
                condition=models.Q(min_driver_age__gte=16, min_driver_age__lte=99),
                name="category_age_sensible",
                violation_error_message=_("The minimum age is between 16 and 99."),
            ),
            models.CheckConstraint(
                condition=models.Q(turnaround_minutes__lte=10_080),
                name="category_turnaround_at_most_a_week",
                violation_error_message=_("The turnaround is at most a week."),
            ),
        )

    def __str__(self) -> str:
        return self.name

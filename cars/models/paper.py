"""Papers a car must carry: insurance, registration, inspection."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cars.models.branch import NOT_NEGATIVE
from cars.models.car import Car
from cars.querysets import PaperQuerySet
from fleet.db.base import Base


class Paper(Base):
    """Abstract: valid on every local day from `valid_from` to `valid_until`, both included."""

    ALIKE: ClassVar[tuple[str, ...]] = ()  # what a renewal has in common with the paper that it renews

    car = models.ForeignKey(Car, models.PROTECT, related_name="%(class)ss", verbose_name=_("car"))
    number = models.CharField(_("number"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    cost = models.DecimalField(
        _("cost"), max_digits=12, decimal_places=2, default=Decimal("0.00"), validators=[NOT_NEGATIVE]
    )
    notes = models.TextField(_("notes"), blank=True, max_length=2000)

    objects = PaperQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-valid_until", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="%(class)s_ends_after_it_starts",
                violation_error_code="ends_before_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="%(class)s_cost_not_negative",
                violation_error_message=_("The cost is 0 or more."),
            ),
        )
        indexes = (
            # papers of a car that reach into a period, and what expires next: PaperQuerySet
            models.Index(fields=("car", "valid_until"), name="%(class)s_by_car"),
            models.Index(fields=("valid_until",), name="%(class)s_expiring"),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"

    @property
    def is_final(self) -> bool:
        """Say whether its files are only read any more."""
        return self.car.is_final

    @property
    def said(self) -> str:
        """Return what sort of paper it is, for people."""
        return str(self._meta.verbose_name)


class Insurance(Paper):
    ALIKE = ("kind",)

    class Kind(models.TextChoices):
        LIABILITY = "liability", _("liability")
        CASCO = "casco", _("casco")
        GREEN_CARD = "green_card", _("green card")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LIABILITY)
    provider = models.CharField(_("provider"), max_length=80)

    class Meta(Paper.Meta):
        verbose_name = _("insurance")
        verbose_name_plural = _("insurances")

    @property
    def said(self) -> str:
        return f"{super().said} ({self.get_kind_display()})"


class Registration(Paper):
    authority = models.CharField(_("authority"), max_length=80, blank=True)

    class Meta(Paper.Meta):
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")


class Inspection(Paper):
    class Meta(Paper.Meta):
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")

"""Marks on a car."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cars.models.branch import NOT_NEGATIVE
from cars.models.car import Car
from cars.querysets import DamageQuerySet
from fleet.db.base import Base


class Damage(Base):
    """A mark on the car. It is repaired, never deleted."""

    class Panel(models.TextChoices):
        FRONT_BUMPER = "front_bumper", _("front bumper")
        REAR_BUMPER = "rear_bumper", _("rear bumper")
        BONNET = "bonnet", _("bonnet")
        BOOT = "boot", _("boot")
        ROOF = "roof", _("roof")
        FRONT_LEFT_WING = "front_left_wing", _("front left wing")
        FRONT_RIGHT_WING = "front_right_wing", _("front right wing")
        REAR_LEFT_WING = "rear_left_wing", _("rear left wing")
        REAR_RIGHT_WING = "rear_right_wing", _("rear right wing")
        FRONT_LEFT_DOOR = "front_left_door", _("front left door")
        FRONT_RIGHT_DOOR = "front_right_door", _("front right door")
        REAR_LEFT_DOOR = "rear_left_door", _("rear left door")
        REAR_RIGHT_DOOR = "rear_right_door", _("rear right door")
        WINDSCREEN = "windscreen", _("windscreen")
        REAR_WINDOW = "rear_window", _("rear window")
        SIDE_WINDOW = "side_window", _("side window")
        WHEEL = "wheel", _("wheel")
        MIRROR = "mirror", _("mirror")
        LIGHT = "light", _("light")
        INTERIOR = "interior", _("interior")
        OTHER = "other", _("other")

    class Kind(models.TextChoices):
        SCRATCH = "scratch", _("scratch")
        DENT = "dent", _("dent")
        CRACK = "crack", _("crack")
        CHIP = "chip", _("chip")
        BROKEN = "broken", _("broken")
        MISSING = "missing", _("missing")
        TYRE = "tyre", _("tyre")
        GLASS = "glass", _("glass")
        INTERIOR = "interior", _("interior")
        OTHER = "other", _("other")

    car = models.ForeignKey(Car, models.PROTECT, related_name="damages", verbose_name=_("car"))
    panel = models.CharField(_("where"), max_length=20, choices=Panel)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # The hand-over that found it; hand-overs live in the contracts app above, so only the id is kept here.
    found_in_id = models.UUIDField(_("found in"), null=True, blank=True, editable=False)
    repaired_at = models.DateTimeField(_("repaired at"), null=True, blank=True)
    repair_cost = models.DecimalField(
        _("repair cost"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )

    objects = DamageQuerySet.as_manager()

    class Meta:
        verbose_name = _("damage")
        verbose_name_plural = _("damages")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(repair_cost__isnull=True) | Q(repair_cost__gte=0),
                name="damage_cost_not_negative",
                violation_error_message=_("The cost is 0 or more."),
            ),
        )
        indexes = (
            # marks that the customer is shown at check-out
            models.Index(fields=("car",), condition=Q(repaired_at__isnull=True), name="damage_open_by_car"),
            # marks found at one hand-over
            models.Index(fields=("found_in_id",), name="damage_by_handover"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_panel_display()}"

    @property
    def is_final(self) -> bool:
        """Say whether its files are only read any more."""
        return self.car.is_final

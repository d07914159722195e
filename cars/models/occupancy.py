"""The ledger: the only thing that decides whether a car is free."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from cars.models.car import Car
from cars.querysets import OccupancyQuerySet
from fleet.db.base import Base


class Occupancy(Base):
    """A span of time for which a car is taken: rental, workshop day, block or transfer."""

    class Kind(models.TextChoices):
        RENTAL = "rental", _("rental")
        WORKSHOP = "workshop", _("workshop")
        BLOCK = "block", _("block")
        TRANSFER = "transfer", _("transfer")

    car = models.ForeignKey(Car, models.PROTECT, related_name="occupancies", verbose_name=_("car"))
    period = DateTimeRangeField(_("period"))  # half-open, UTC; a rental's includes the turnaround
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=200, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        ordering = ("-id",)
        constraints = (
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[("car", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(released_at__isnull=True),
                violation_error_code="occupied",
                violation_error_message=_("The car is taken in this period."),
            ),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
                name="occupancy_period_bounded",
                violation_error_code="bad_period",
                violation_error_message=_("A period has a start and a later end."),
            ),
        )
        indexes = (
            # Both hold what has not ended yet together, at the end: flat in the number of past rentals.
            # the ledger of the whole fleet from some day on: the timeline, OccupancyQuerySet.running()
            models.Index(
                RangeEndsWith("period"), "car", condition=Q(released_at__isnull=True), name="occupancy_open_by_end"
            ),
            # what one car is taken for from some day on: CarQuerySet.free(), cars/facts.py
            models.Index(
                "car",
                RangeEndsWith("period"),
                include=("period",),
                condition=Q(released_at__isnull=True),
                name="occupancy_next",
            ),
        )

    def __str__(self) -> str:
        # The trail calls every row by its name; Django's display translates and hashes all choices to find one.
        kind = _KINDS.get(self.kind, self.kind)
        return f"{kind} {localtime(self.period.lower):%d.%m.%Y %H:%M}"


_KINDS: Final = dict(Occupancy.Kind.choices)

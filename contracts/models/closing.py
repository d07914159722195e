"""The drawer of a branch, counted at the end of a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cars.models import Branch
from fleet.db.base import Base, BaseQuerySet


class DayClose(Base):
    """What should have been in the drawer beyond its float, and what was. Never changed, never deleted."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    day = models.DateField(_("day"))
    expected_cash = models.DecimalField(_("cash expected"), max_digits=12, decimal_places=2)
    counted_cash = models.DecimalField(
        _("cash counted"),
        max_digits=12,
        decimal_places=2,
        help_text=_("Without the float; below 0 when the float had to help out."),
    )
    difference = models.DecimalField(_("difference"), max_digits=12, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = BaseQuerySet["DayClose"].as_manager()

    class Meta:
        verbose_name = _("day close")
        verbose_name_plural = _("day closes")
        ordering = ("-day", "branch")
        permissions = (
            ("report_utilisation", "Can see the report of utilisation"),
            ("report_revenue", "Can see the report of revenue"),
            ("report_costs", "Can see the reports of costs"),
            ("report_maintenance", "Can see the report of maintenance"),
            ("report_overdue", "Can see the report of overdue cars"),
            ("report_expiring", "Can see the report of what expires"),
            ("report_deposits", "Can see the report of deposits"),
            ("report_waivers", "Can see the report of waived charges"),
            ("report_day_close", "Can see what was taken today"),
            ("report_past_days", "Can see what was taken on earlier days"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("branch", "day"),
                name="dayclose_once",
                violation_error_code="already_closed",
                violation_error_message=_("This day is closed already."),
            ),
            models.CheckConstraint(
                condition=Q(difference=F("counted_cash") - F("expected_cash")),
                name="dayclose_difference_adds_up",
                violation_error_message=_("The difference is what was counted less what was expected."),
            ),
            models.CheckConstraint(
                condition=Q(difference=0) | ~Q(note=""),
                name="dayclose_difference_explained",
                violation_error_message=_("A difference needs a note."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.branch} {self.day:%d.%m.%Y}"

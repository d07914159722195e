"""What is wrong with a car, as somebody reported it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cars.models.branch import NOT_NEGATIVE
from cars.models.car import Car
from cars.querysets import IssueQuerySet
from fleet.db.base import Base


class IssueReport(Base):
    """A problem that somebody reported; it may ground the car."""

    class Severity(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")
        CRITICAL = "critical", _("critical")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        IN_PROGRESS = "in_progress", _("in progress")
        RESOLVED = "resolved", _("resolved")
        CLOSED = "closed", _("closed")

    class Restriction(models.TextChoices):
        NONE = "none", _("none")
        NO_NEW_RENTALS = "no_new_rentals", _("no new rentals")
        GROUNDED = "grounded", _("grounded")

    car = models.ForeignKey(Car, models.PROTECT, related_name="issues", verbose_name=_("car"))
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.MEDIUM)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)
    restriction = models.CharField(
        _("restriction"),
        max_length=15,
        choices=Restriction,
        blank=True,
        help_text=_("Empty follows the severity: critical grounds the car, high stops new rentals."),
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("reported by"),
    )
    # The contract during which it was reported; the contracts app stands above, so only its id is kept here.
    contract_id = models.UUIDField(_("contract"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("resolved by"),
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, editable=False)
    resolution = models.TextField(_("resolution"), blank=True, max_length=4000)
    estimated_cost = models.DecimalField(
        _("estimated cost"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    actual_cost = models.DecimalField(
        _("actual cost"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(estimated_cost__isnull=True) | Q(estimated_cost__gte=0),
                name="issuereport_estimate_not_negative",
                violation_error_message=_("The cost is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(actual_cost__isnull=True) | Q(actual_cost__gte=0),
                name="issuereport_cost_not_negative",
                violation_error_message=_("The cost is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "in_progress"), resolved_at__isnull=True)
                | Q(status__in=("resolved", "closed"), resolved_at__isnull=False),
                name="issuereport_resolved_has_time",
                violation_error_message=_("A resolved issue says when; an open one does not."),
            ),
        )
        indexes = (
            # what restricts a car now: IssueQuerySet.restricting(), for cars/facts.py
            models.Index(
                fields=("car",), condition=Q(status__in=("open", "in_progress")), name="issuereport_open_by_car"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_final(self) -> bool:
        """Say whether nothing about it changes any more, its files included."""
        return self.status == self.Status.CLOSED or self.car.is_final

    def save(self, **options: object) -> None:
        if not self.restriction:
            self.restriction = usual_restriction(self.severity)
        super().save(**options)  # type: ignore[arg-type]


def usual_restriction(severity: str) -> str:
    """Return what an issue of this severity does to the car unless somebody says otherwise."""
    return {"critical": IssueReport.Restriction.GROUNDED, "high": IssueReport.Restriction.NO_NEW_RENTALS}.get(
        severity, IssueReport.Restriction.NONE
    )

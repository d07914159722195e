"""A run of a job by the clock."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """When a job ran, and with what success; runs in a row that found nothing to do are one row."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        IDLE = "idle", _("nothing to do")
        FAILED = "failed", _("failed")

    job = models.CharField(_("job"), max_length=100)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    times = models.PositiveIntegerField(_("times"), default=1)
    handled = models.PositiveIntegerField(_("handled"), null=True, help_text=_("How many things it did."))
    error = models.CharField(_("error"), max_length=100, blank=True, help_text=_("What kind; the log says more."))

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ("-ended_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at"), times__gte=1), name="jobrun_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(outcome="failed") ^ Q(error=""), name="jobrun_failed_says_what"),
        )
        indexes = (
            # the last run of a job: runs.ran(), the doctor, the filter of the list
            models.Index(fields=("job", "-ended_at", "-id"), name="jobrun_by_job"),
            # the list, and what is old enough to go
            models.Index(fields=("-ended_at", "-id"), name="jobrun_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.job} {self.ended_at:%Y-%m-%d %H:%M}"

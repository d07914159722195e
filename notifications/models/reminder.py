"""When to remind whom of what, and what was said already."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.db.base import Base, new_id
from fleet.due import Subject
from notifications.querysets import ReminderSentQuerySet, RuleQuerySet

SUBJECTS = {
    Subject.INSURANCE: _("insurance"),
    Subject.REGISTRATION: _("registration"),
    Subject.INSPECTION: _("inspection"),
    Subject.SERVICE: _("service"),
    Subject.LICENCE: _("licence"),
    Subject.PASSPORT: _("passport"),
    Subject.DOCUMENT: _("document"),
    Subject.HOLD: _("hold of a booking"),
    Subject.PICK_UP: _("pick-up"),
    Subject.RETURN: _("return"),
}


class ReminderRule(Base):
    """So many days before (or, below 0, after) the day on which a subject comes due, tell this role."""

    subject = models.CharField(
        _("subject"), max_length=20, choices=[(one.value, label) for one, label in SUBJECTS.items()]
    )
    offsets = ArrayField(
        models.SmallIntegerField(validators=[MinValueValidator(-365), MaxValueValidator(365)]),
        verbose_name=_("days before"),
        help_text=_("Separated by commas; 0 is the day itself, -1 the day after."),
    )
    role = models.CharField(_("role"), max_length=20)
    branch_id = models.UUIDField(_("branch"), null=True, blank=True, help_text=_("Empty means every branch."))
    at_once = models.BooleanField(
        _("at once"), default=False, help_text=_("Each by itself as soon as it is found, not in the daily digest.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ("subject", "role", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(offsets__len__gte=1),
                name="reminderrule_has_offsets",
                violation_error_message=_("Give at least one number of days."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_subject_display()} → {self.role}"

    def clean(self) -> None:
        if self.offsets and len(set(self.offsets)) != len(self.offsets):
            raise ValidationError({"offsets": _("Each number of days once.")})

    def crossed(self, days_left: int) -> int | None:
        """Return the latest offset that has been reached, or None: a day without a run loses nothing."""
        return min((offset for offset in self.offsets if days_left <= offset), default=None)


class ReminderSent(models.Model):
    """That one rule has spoken of one object at one offset before one day: the constraint keeps it to once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(ReminderRule, models.CASCADE, related_name="sent", db_index=False)
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    offset = models.SmallIntegerField()
    due_on = models.DateField()
    title = models.CharField(max_length=200)
    found_on = models.DateField()
    told_on = models.DateField(null=True)  # NULL: waits for the next digest

    objects = ReminderSentQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder sent")
        verbose_name_plural = _("reminders sent")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "subject_id", "offset", "due_on"),
                name="remindersent_once",
                violation_error_message=_("This reminder was sent already."),
            ),
        )
        indexes = (
            # ReminderSentQuerySet.pending(): the next digest
            models.Index(fields=("due_on", "id"), condition=Q(told_on__isnull=True), name="remindersent_pending"),
            # whether the digest of a day has gone out
            models.Index(fields=("told_on",), condition=Q(told_on__isnull=False), name="remindersent_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.due_on})"

"""Filters of lists that people gave a name."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.querysets import SavedFilterQuerySet
from fleet.db.base import Base

LONGEST_QUERY = 1000


class SavedFilter(Base):
    """What somebody looks for in a list again and again; `query` is what the list's address in the admin says."""

    owner = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="saved_filters", verbose_name=_("owner")
    )
    model = models.CharField(_("list"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    slug = models.CharField(_("name in addresses"), max_length=80, editable=False)
    query = models.CharField(
        _("filter"), max_length=LONGEST_QUERY, blank=True, validators=[MaxLengthValidator(LONGEST_QUERY)]
    )
    shared = models.BooleanField(_("shared with everybody"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ("name", "id")
        default_permissions = ()
        constraints = (
            # also answers `?filter=<slug>`
            models.UniqueConstraint(
                fields=("model", "slug"),
                name="savedfilter_slug_once",
                violation_error_code="name_taken",
                violation_error_message=_("There is already a saved filter with this name."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="savedfilter_named",
                violation_error_message=_("A saved filter needs a name."),
            ),
        )

    def __str__(self) -> str:
        return self.name

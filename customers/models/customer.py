"""Who rents and who drives."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from customers import identity
from customers.querysets import CustomerQuerySet
from fleet.db.base import Base
from fleet.db.loaded import remembered
from fleet.db.text import Unaccented

_PHONE = RegexValidator(r"^\+[1-9]\d{6,14}\Z", _("Write the phone number as +387…, digits only (E.164)."))
_ALIVE = Q(status="active")


class Customer(Base):
    """A person or company that rents, or a person who drives."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        ANONYMISED = "anonymised", _("anonymised")
        MERGED = "merged", _("merged")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    name = models.CharField(pgettext_lazy("of a person or a company", "name"), max_length=120)
    father_name = models.CharField(_("father's name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, validators=[_PHONE])
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = CountryField(_("country"), blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    personal_id = models.CharField(_("personal id"), max_length=30, blank=True)
    passport_number = models.CharField(_("passport"), max_length=30, blank=True)
    passport_expires_on = models.DateField(_("passport valid to"), null=True, blank=True)
    licence_number = models.CharField(_("licence"), max_length=30, blank=True)
    licence_country = CountryField(_("licence from"), blank=True)
    licence_issued_on = models.DateField(_("licence issued on"), null=True, blank=True)
    licence_expires_on = models.DateField(_("licence valid to"), null=True, blank=True)
    company_name = models.CharField(_("company"), max_length=120, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", "English"), ("bs", "Bosanski")]
    )
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE, editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )

    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged into"),
        db_index=False,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("name", "id")
        permissions = (
            ("view_pii", "Can see phone numbers, addresses and document numbers"),
            ("merge_customer", "Can merge two customers into one"),
            ("export_customer", "Can export everything that is kept of a customer"),
            ("erase_customer", "Can erase a customer's personal data"),
            ("verify_customer", "Can confirm that a customer's documents were checked"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="customer_merged_says_into_whom",
                violation_error_message=_("Exactly the merged customers say into whom."),
            ),
            models.UniqueConstraint(
                "licence_country",
                Upper("licence_number"),
                condition=_ALIVE & ~Q(licence_number=""),
                name="customer_licence_once",
                violation_error_code="licence_taken",
                violation_error_message=_("Another customer has this licence."),
            ),
            models.UniqueConstraint(
                Upper("passport_number"),
                condition=_ALIVE & ~Q(passport_number=""),
                name="customer_passport_once",
                violation_error_code="passport_taken",
                violation_error_message=_("Another customer has this passport."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="customer_name_given",
                violation_error_message=_("A customer needs a name."),
            ),
            models.CheckConstraint(
                condition=Q(licence_issued_on__isnull=True)
                | Q(licence_expires_on__isnull=True)
                | Q(licence_expires_on__gte=F("licence_issued_on")),
                name="customer_licence_ends_after_it_starts",
                violation_error_message=_("The licence ends before it was issued."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="customer_verified_by_somebody",
                violation_error_message=_("Verified says when and by whom."),
            ),
        )
        indexes = (
            # the sign-posts to a customer: merging, erasing and exporting follow them
            models.Index(fields=("merged_into",), condition=Q(merged_into__isnull=False), name="customer_merged"),
            # CustomerQuerySet.search(): names with typos and without accents
            GinIndex(OpClass(Unaccented("name"), name="gin_trgm_ops"), name="customer_by_likeness"),
            # CustomerQuerySet.search(): the end of a phone number, an e-mail, a licence or passport number
            GinIndex(
                OpClass(F("phone"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("licence_number"), name="gin_trgm_ops"),
                OpClass(Upper("passport_number"), name="gin_trgm_ops"),
                name="customer_by_number",
            ),
            # lists in the admin and the API
            models.Index(fields=("name", "id"), name="customer_by_name"),
            # an integrator's own customers
            models.Index(fields=("created_by", "-id"), name="customer_by_creator"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self._normalise()
        if found := identity.problems(self, timezone.localdate()):
            raise ValidationError(dict(found))

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        self._normalise()
        if self._is_outdated(update_fields):
            self.verified_at = self.verified_by = None
            update_fields = update_fields and {*update_fields, "verified_at", "verified_by"}
        super().save(update_fields=update_fields, **options)

    def _normalise(self) -> None:
        self.name = " ".join(self.name.split())
        self.licence_number = identity.number(self.licence_number)
        self.passport_number = identity.number(self.passport_number)

    def _is_outdated(self, update_fields: Iterable[str] | None) -> bool:
        """Say whether this save changes what was verified."""
        read = remembered(self)
        if self._state.adding or self.verified_at is None or self.verified_at != read.get("verified_at"):
            return False
        written = identity.PROVEN if update_fields is None else identity.PROVEN & set(update_fields)
        return any(getattr(self, name) != read[name] for name in written if name in read)

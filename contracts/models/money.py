"""Everything with a price: extras, lines, charges, payments."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cars.models.branch import CODE, NOT_NEGATIVE
from contracts.models.contract import Contract
from contracts.querysets import ChargeQuerySet, PaymentQuerySet
from fleet.db.base import Base, BaseQuerySet


class Extra(Base):
    """Something rented along with the car."""

    class Charge(models.TextChoices):
        PER_DAY = "per_day", _("per day")
        PER_RENTAL = "per_rental", _("per rental")

    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    name = models.CharField(_("name"), max_length=80)
    charge = models.CharField(_("charged"), max_length=10, choices=Charge)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, validators=[NOT_NEGATIVE])
    max_quantity = models.PositiveSmallIntegerField(
        _("at most per rental"), default=1, validators=[MinValueValidator(1)]
    )
    stock = models.PositiveIntegerField(
        _("stock"), null=True, blank=True, help_text=_("Empty means there is always enough.")
    )
    is_active = models.BooleanField(_("offered"), default=True)

    objects = BaseQuerySet["Extra"].as_manager()

    class Meta:
        verbose_name = _("extra")
        verbose_name_plural = _("extras")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                Lower("code"),
                name="extra_code_once",
                violation_error_code="code_taken",
                violation_error_message=_("There is already an extra with this code."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, max_quantity__gte=1),
                name="extra_price_not_negative",
                violation_error_message=_("The price is 0 or more, the quantity 1 or more."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class LineKind(models.TextChoices):
    RENTAL = "rental", _("rental")
    EXTRA = "extra", _("extra")
    DISCOUNT = "discount", _("discount")
    LATE = "late", _("late return")
    EXCESS_KM = "excess_km", _("excess km")
    FUEL = "fuel", _("fuel")
    CLEANING = "cleaning", _("cleaning")
    DAMAGE = "damage", _("damage")
    FINE = "fine", _("fine")
    OTHER = "other", _("other")


class PriceLine(Base):
    """One line of the bill, with the sum that explains it. The total is the sum of rounded lines."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="lines", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind)
    extra = models.ForeignKey(
        Extra, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("extra")
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    explained = models.CharField(_("how it came about"), max_length=300)

    objects = BaseQuerySet["PriceLine"].as_manager()

    class Meta:
        verbose_name = _("price line")
        verbose_name_plural = _("price lines")
        ordering = ("contract", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="discount", amount__lte=0) | (~Q(kind="discount") & Q(amount__gte=0)),
                name="priceline_only_discounts_subtract",
                violation_error_message=_("Only a discount is below 0."),
            ),
            models.CheckConstraint(
                condition=Q(kind="extra", extra__isnull=False) | (~Q(kind="extra") & Q(extra__isnull=True)),
                name="priceline_extra_named",
                violation_error_message=_("Exactly the lines of extras name one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}"


class Charge(Base):
    """A proposal found at check-in; accepted it becomes a price line, waived it keeps its reason."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        WAIVED = "waived", _("waived")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="charges", verbose_name=_("contract"))
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=[
            (kind.value, kind.label)
            for kind in (LineKind.LATE, LineKind.EXCESS_KM, LineKind.FUEL, LineKind.CLEANING, LineKind.DAMAGE)
        ],
    )
    inputs = models.JSONField(_("inputs"), default=dict)  # the numbers that went into the formula
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=2)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    explained = models.CharField(_("how it came about"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
        db_index=False,
    )
    line = models.OneToOneField(
        PriceLine, models.PROTECT, null=True, editable=False, related_name="charge", verbose_name=_("price line")
    )

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ("contract", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="charge_amount_not_negative",
                violation_error_message=_("A charge is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", line__isnull=False) | (~Q(status="accepted") & Q(line__isnull=True)),
                name="charge_accepted_has_line",
                violation_error_message=_("Exactly the accepted charges have a price line."),
            ),
            models.CheckConstraint(
                condition=~Q(status="waived") | ~Q(reason=""),
                name="charge_waived_has_reason",
                violation_error_message=_("A waived charge says why."),
            ),
        )
        indexes = (
            # charges waived in a range of days, by whom (contracts/reports/waivers.py)
            models.Index(fields=("decided_at",), condition=Q(status="waived"), name="charge_waived"),
            # contracts with charges to decide: the few among all (contracts/admin/contract.py)
            models.Index(fields=("contract",), condition=Q(status="proposed"), name="charge_proposed"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"


class Payment(Base):
    """Money that changed hands. Never changed and never deleted: a mistake is refunded."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment")
        REFUND = "refund", _("refund")
        DEPOSIT_HOLD = "deposit_hold", _("deposit taken")
        DEPOSIT_RELEASE = "deposit_release", _("deposit given back")
        DEPOSIT_CAPTURE = "deposit_capture", _("deposit kept")

    class Method(models.TextChoices):
        CASH = "cash", _("cash")
        CARD = "card", _("card")
        TRANSFER = "transfer", pgettext_lazy("payment", "transfer")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    method = models.CharField(_("method"), max_length=10, choices=Method)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    external_id = models.CharField(_("number of the slip"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-at", "-id")
        permissions = (
            ("refund_payment", "Can refund"),
            ("capture_deposit", "Can keep deposits"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_amount_positive",
                violation_error_message=_("An amount is above 0."),
            ),
            models.UniqueConstraint(
                fields=("method", "external_id"),
                condition=~Q(external_id=""),
                name="payment_external_id_once",
                violation_error_code="payment_exists",
                violation_error_message=_("This payment is already booked."),
            ),
        )
        indexes = (
            # day close and lists of payments by time
            models.Index(fields=("-at", "-id"), name="payment_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

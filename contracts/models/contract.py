"""The contract (a booking is a contract in its youth) and the cars assigned to it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cars.models import Branch, Car, Category, Occupancy
from contracts import position
from contracts.querysets import AssignmentQuerySet, ContractQuerySet
from contracts.status import EARNING, Status
from customers.models import Customer
from fleet.db.base import Base


class ReferenceCounter(models.Model):
    """The last number given in a year; locked by whoever takes the next, so there are no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Contract(Base):
    """One rental from the first call to the last cent. Only contracts/lifecycle.py changes its status."""

    class Channel(models.TextChoices):
        COUNTER = "counter", _("counter")
        PHONE = "phone", _("phone")
        WEB = "web", _("web")
        API = "api", _("API")

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="contracts", verbose_name=_("customer")
    )
    drivers = models.ManyToManyField(
        Customer,
        blank=True,
        related_name="driven_contracts",
        verbose_name=_("drivers"),
        help_text=_("Empty means that the customer drives."),
    )
    car = models.ForeignKey(Car, models.PROTECT, related_name="contracts", verbose_name=_("car"))
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="contracts", editable=False, verbose_name=_("category")
    )
    pickup_branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("pick-up at"))
    return_branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("return to"))
    pickup_place = models.CharField(_("pick-up place"), max_length=200, blank=True)
    return_place = models.CharField(_("return place"), max_length=200, blank=True)
    pickup_position = models.CharField(
        _("pick-up on the map"), max_length=position.LONGEST, blank=True, default="", validators=[position.is_position]
    )
    return_position = models.CharField(
        _("return on the map"), max_length=position.LONGEST, blank=True, default="", validators=[position.is_position]
    )
    start_at = models.DateTimeField(_("pick-up"))
    end_at = models.DateTimeField(_("due back"))
    picked_up_at = models.DateTimeField(_("picked up at"), null=True, editable=False)
    returned_at = models.DateTimeField(_("returned at"), null=True, editable=False)
    hold_expires_at = models.DateTimeField(_("held until"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.COUNTER)
    external_ref = models.CharField(_("external reference"), max_length=80, blank=True)
    # The rates of the day of booking: later price changes do not touch this contract.
    daily_rate = models.DecimalField(_("daily rate"), max_digits=12, decimal_places=2, editable=False)
    km_per_day = models.PositiveIntegerField(_("km per day"), null=True, editable=False)
    excess_km_rate = models.DecimalField(_("price per excess km"), max_digits=12, decimal_places=2, editable=False)
    deposit = models.DecimalField(_("deposit"), max_digits=12, decimal_places=2, editable=False)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal("0.00"), editable=False)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    cancel_reason = models.CharField(_("reason of cancellation"), max_length=500, blank=True, editable=False)
    overrides = models.JSONField(_("overrides"), default=list, blank=True, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ("-start_at", "-id")
        permissions = (
            ("book_contract", "Can book"),
            ("confirm_contract", "Can confirm bookings"),
            ("cancel_contract", "Can cancel"),
            ("reopen_contract", "Can reopen expired bookings"),
            ("no_show_contract", "Can mark no-shows"),
            ("check_out_contract", "Can check out"),
            ("extend_contract", "Can extend"),
            ("swap_contract", "Can swap cars"),
            ("check_in_contract", "Can check in"),
            ("settle_contract", "Can settle"),
            ("accept_charge", "Can accept charges"),
            ("override_refusal", "Can override refusals of the gate"),
            ("waive_deposit", "Can waive deposits"),
            ("waive_charge", "Can waive charges"),
            ("adjust_price", "Can add discounts, fines and other lines"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")),
                name="contract_ends_after_it_starts",
                violation_error_code="ends_before_it_starts",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="contract_status_known",
                violation_error_message=_("Unknown status."),
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(status__in=("pending", "expired", "cancelled")),
                name="contract_confirmed_has_customer",
                violation_error_message=_("From confirmation on a contract has a customer."),
            ),
            models.CheckConstraint(
                condition=Q(status="pending", hold_expires_at__isnull=False)
                | (~Q(status="pending") & Q(hold_expires_at__isnull=True)),
                name="contract_only_pending_is_held",
                violation_error_message=_("Exactly the pending contracts have a hold."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("active", "returned", "closed"), picked_up_at__isnull=False)
                | (~Q(status__in=("active", "returned", "closed")) & Q(picked_up_at__isnull=True)),
                name="contract_picked_up_has_time",
                violation_error_message=_("Exactly the cars that went out have a time of pick-up."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("returned", "closed"), returned_at__isnull=False)
                | (~Q(status__in=("returned", "closed")) & Q(returned_at__isnull=True)),
                name="contract_returned_has_time",
                violation_error_message=_("Exactly the cars that came back have a time of return."),
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("picked_up_at")),
                name="contract_returned_after_pick_up",
                violation_error_message=_("A car comes back after it went out."),
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
                name="contract_cancelled_has_reason",
                violation_error_message=_("A cancelled contract says why."),
            ),
            models.CheckConstraint(
                condition=Q(daily_rate__gte=0, excess_km_rate__gte=0, deposit__gte=0, total__gte=0),
                name="contract_money_not_negative",
                violation_error_message=_("Rates, deposit and total are 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(pickup_position="") | Q(pickup_position__regex=position.PATTERN),
                name="contract_pickup_position_on_earth",
                violation_error_message=position.is_position.message,
            ),
            models.CheckConstraint(
                condition=Q(return_position="") | Q(return_position__regex=position.PATTERN),
                name="contract_return_position_on_earth",
                violation_error_message=position.is_position.message,
            ),
            models.UniqueConstraint(
                fields=("created_by", "external_ref"),
                condition=~Q(external_ref=""),
                name="contract_external_ref_once",
                violation_error_code="external_ref_taken",
                violation_error_message=_("There is already a contract with this external reference."),
            ),
        )
        indexes = (
            # lists: by state and time, newest first
            models.Index(fields=("status", "-start_at", "-id"), name="contract_by_status"),
            models.Index(fields=("-start_at", "-id"), name="contract_by_start"),
            # the contracts of a car, of a customer, of an integrator: in the order in which they are shown
            models.Index(fields=("car", "-start_at", "-id"), name="contract_by_car"),
            models.Index(fields=("customer", "-start_at", "-id"), name="contract_by_customer"),
            models.Index(fields=("created_by", "-start_at", "-id"), name="contract_by_creator"),
            # ContractQuerySet.search(), ?external_ref=
            models.Index(fields=("external_ref",), condition=~Q(external_ref=""), name="contract_by_external_ref"),
            # the expiry job: holds that have passed
            models.Index(fields=("hold_expires_at",), condition=Q(status="pending"), name="contract_holds"),
            # overdue and due today
            models.Index(fields=("end_at",), condition=Q(status="active"), name="contract_due_back"),
            # going out today, no-shows
            models.Index(fields=("start_at",), condition=Q(status="confirmed"), name="contract_going_out"),
            # revenue: bills whose days reach into a range, and the sum of all bills (contracts/reports/revenue.py)
            models.Index(
                fields=("end_at", "start_at"),
                include=("total", "pickup_branch"),
                condition=Q(status__in=EARNING),
                name="contract_earning",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class Assignment(Base):
    """The car a contract holds or held, tied to its row in the ledger."""

    class Reason(models.TextChoices):
        INITIAL = "initial", _("initial")
        SWAP = "swap", _("swap")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="assignments", verbose_name=_("contract"))
    occupancy = models.OneToOneField(Occupancy, models.PROTECT, related_name="assignment", verbose_name=_("occupancy"))
    seq = models.PositiveSmallIntegerField(_("no."))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.INITIAL)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("contract", "seq")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "seq"),
                name="assignment_seq_once",
                violation_error_message=_("This assignment is already numbered."),
            ),
            models.UniqueConstraint(
                fields=("contract",),
                condition=Q(closed_at__isnull=True),
                name="assignment_one_open",
                violation_error_message=_("The contract already holds a car."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id} #{self.seq}"

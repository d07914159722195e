"""The car itself and its odometer."""

import re
from datetime import date

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from cars.models.branch import NOT_NEGATIVE, Branch, Category
from cars.plates import plate_key
from cars.querysets import CarQuerySet, OdometerQuerySet
from fleet.db.base import Base

MOST_KM = 9_999_999
_VIN = RegexValidator(
    r"^[A-HJ-NPR-Z0-9]{17}\Z",
    _("A VIN has 17 letters and digits, without I, O and Q (ISO 3779)."),
    flags=re.IGNORECASE,  # it is kept in capitals, however it was typed
)


def not_after_next_year(year: int, today: date) -> None:
    """Raise ValidationError for a model year that is not sold yet; the doors ask, for only they know the day."""
    if not 1900 <= year <= today.year + 1:
        raise ValidationError(
            _("The year is between 1900 and next year (%(next)s)."),
            code="year_out_of_range",
            params={"next": today.year + 1},
        )


class Car(Base):
    """A car of the fleet. Whether it is free is never stored: the ledger of occupancies knows."""

    class Fuel(models.TextChoices):
        PETROL = "petrol", _("petrol")
        DIESEL = "diesel", _("diesel")
        HYBRID = "hybrid", _("hybrid")
        PLUG_IN_HYBRID = "plug_in_hybrid", _("plug-in hybrid")
        ELECTRIC = "electric", _("electric")
        LPG = "lpg", _("LPG")
        CNG = "cng", _("CNG")

    class Transmission(models.TextChoices):
        MANUAL = "manual", _("manual")
        AUTOMATIC = "automatic", _("automatic")

    class Lifecycle(models.TextChoices):
        ACTIVE = "active", _("active")
        OUT_OF_SERVICE = "out_of_service", _("out of service")
        FOR_SALE = "for_sale", _("for sale")
        DISPOSED = "disposed", _("disposed of")
        ARCHIVED = "archived", _("archived")

    license_plate = models.CharField(_("plate"), max_length=20)
    plate_key = models.CharField(max_length=20, editable=False)
    vin = models.CharField(_("VIN"), max_length=17, null=True, blank=True, validators=[_VIN])  # noqa: DJ001 - unique when set
    manufacturer = models.CharField(_("manufacturer"), max_length=60)
    model = models.CharField(_("model"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    color = models.CharField(_("colour"), max_length=30, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="cars", verbose_name=_("category"))
    fuel_type = models.CharField(_("fuel"), max_length=20, choices=Fuel)
    transmission = models.CharField(_("transmission"), max_length=20, choices=Transmission, default=Transmission.MANUAL)
    seats = models.PositiveSmallIntegerField(
        _("seats"), default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    doors = models.PositiveSmallIntegerField(
        _("doors"), default=5, validators=[MinValueValidator(2), MaxValueValidator(6)]
    )
    engine_power_hp = models.PositiveSmallIntegerField(_("power in hp"), null=True, blank=True)
    tank_litres = models.PositiveSmallIntegerField(_("tank in litres"), null=True, blank=True)
    odometer_km = models.PositiveIntegerField(_("odometer in km"), default=0, editable=False)
    daily_rate = models.DecimalField(
        _("own daily rate"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("Empty means the rate of the category."),
    )
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="cars", verbose_name=_("branch"))
    location_note = models.CharField(_("where it stands"), max_length=120, blank=True)
    lifecycle = models.CharField(_("life cycle"), max_length=20, choices=Lifecycle, default=Lifecycle.ACTIVE)

    objects = CarQuerySet.as_manager()

    class Meta:
        verbose_name = _("car")
        verbose_name_plural = _("cars")
        ordering = ("license_plate",)
        permissions = (
            ("archive_car", "Can archive and restore cars"),
            ("block_car", "Can block cars and plan workshop days"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("plate_key",),
                condition=~Q(lifecycle="disposed"),
                name="car_plate_once",
                violation_error_code="plate_taken",
                violation_error_message=_("Another car has this plate."),
            ),
            models.UniqueConstraint(
                Upper("vin"),
                name="car_vin_once",
                violation_error_code="vin_taken",
                violation_error_message=_("Another car has this VIN."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1900, year__lte=2200),
                name="car_year_sensible",
                violation_error_message=_("The year is between 1900 and next year."),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=20),
                name="car_seats_sensible",
                violation_error_message=_("A car has 1 to 20 seats."),
            ),
            models.CheckConstraint(
                condition=Q(doors__gte=2, doors__lte=6),
                name="car_doors_sensible",
                violation_error_message=_("A car has 2 to 6 doors."),
            ),
            models.CheckConstraint(
                condition=Q(daily_rate__isnull=True) | Q(daily_rate__gte=0),
                name="car_rate_not_negative",
                violation_error_message=_("The daily rate is 0 or more."),
            ),
            models.CheckConstraint(
                condition=~Q(license_plate=""),
                name="car_plate_given",
                violation_error_message=_("A car needs a plate."),
            ),
        )
        indexes = (
            # CarQuerySet.search(): part of a plate, make or model
            GinIndex(
                OpClass(F("plate_key"), name="gin_trgm_ops"),
                OpClass(Upper("manufacturer"), name="gin_trgm_ops"),
                OpClass(Upper("model"), name="gin_trgm_ops"),
                name="car_search",
            ),
            # the search narrowed to a category at a branch: Wanted.narrowed() of contracts/search.py
            models.Index(fields=("category", "branch"), condition=Q(lifecycle="active"), name="car_in_service"),
        )

    def __str__(self) -> str:
        return f"{self.license_plate} · {self.manufacturer} {self.model}"

    @property
    def is_kept(self) -> bool:
        """Say whether the company still looks after it: neither archived nor disposed of."""
        return self.lifecycle not in (self.Lifecycle.ARCHIVED, self.Lifecycle.DISPOSED)

    @property
    def is_final(self) -> bool:
        """Say whether its files are only read any more."""
        return not self.is_kept

    def clean(self) -> None:
        self._normalise()

    def save(self, **options: object) -> None:
        self._normalise()
        fields = options.get("update_fields")
        if fields is not None and "license_plate" in fields:  # type: ignore[operator]
            options["update_fields"] = {*fields, "plate_key"}  # type: ignore[misc]
        super().save(**options)  # type: ignore[arg-type]

    def _normalise(self) -> None:
        self.license_plate = " ".join(self.license_plate.split())
        self.plate_key = plate_key(self.license_plate)
        self.vin = (self.vin or "").strip().upper() or None


class OdometerReading(Base):
    """What the odometer said, when, and who saw it. A wrong one is corrected by a later row, never changed."""

    class Source(models.TextChoices):
        CHECK_OUT = "check_out", _("check-out")
        CHECK_IN = "check_in", _("check-in")
        SWAP = "swap", _("swap")
        SERVICE = "service", _("service")
        MANUAL = "manual", _("by hand")
        IMPORT = "import", _("import")

    car = models.ForeignKey(Car, models.PROTECT, related_name="odometer_readings", verbose_name=_("car"))
    km = models.PositiveIntegerField(_("km"), validators=[MaxValueValidator(MOST_KM)])
    taken_at = models.DateTimeField(_("taken at"))
    source = models.CharField(_("source"), max_length=10, choices=Source)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = OdometerQuerySet.as_manager()

    class Meta:
        verbose_name = _("odometer reading")
        verbose_name_plural = _("odometer readings")
        ordering = ("-taken_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(km__lte=MOST_KM),
                name="odometerreading_km_sensible",
                violation_error_message=_("No odometer shows more than 9 999 999 km."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""),
                name="odometerreading_correction_has_reason",
                violation_error_message=_("A correction needs a reason."),
            ),
        )
        indexes = (
            # the latest reading of a car, and its km per day: cars/mileage.py, odometer.record()
            models.Index(fields=("car", "-taken_at"), name="odometerreading_latest"),
        )

    def __str__(self) -> str:
        return f"{self.km} km"

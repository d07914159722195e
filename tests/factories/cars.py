"""Branches, cars and what belongs to them: the smallest that are valid."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cars import models
from fleet.db.period import Period

FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2027, 12, 31)


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = models.Branch

    code = factory.Sequence(lambda n: f"branch-{n}")
    name = "Sarajevo"
    time_zone = "Europe/Sarajevo"


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.Category

    code = factory.Sequence(lambda n: f"category-{n}")
    name = "Economy"
    daily_rate = Decimal("40.00")
    deposit = Decimal("200.00")
    km_per_day = 200
    excess_km_rate = Decimal("0.20")


class CarFactory(DjangoModelFactory):
    """A car in service; `rentable=True` gives it insurance and registration for 2026 and 2027."""

    class Meta:
        model = models.Car
        skip_postgeneration_save = True

    license_plate = factory.Sequence(lambda n: f"A{n:02d}-K-{n:03d}")
    manufacturer = "Škoda"
    model = "Octavia"
    year = 2023
    category = factory.SubFactory(CategoryFactory)
    fuel_type = models.Car.Fuel.DIESEL
    tank_litres = 50
    branch = factory.SubFactory(BranchFactory)

    @factory.post_generation
    def rentable(self: Any, create: bool, wanted: bool, **_: Any) -> None:
        if create and wanted:
            InsuranceFactory(car=self)
            RegistrationFactory(car=self)


class _PaperFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    car = factory.SubFactory(CarFactory)
    number = factory.Sequence(lambda n: f"P-{n:05d}")
    valid_from = FIRST_DAY
    valid_until = LAST_DAY
    cost = Decimal("365.00")


class InsuranceFactory(_PaperFactory):
    class Meta:
        model = models.Insurance

    kind = models.Insurance.Kind.LIABILITY
    provider = "Sarajevo osiguranje"


class RegistrationFactory(_PaperFactory):
    class Meta:
        model = models.Registration


class InspectionFactory(_PaperFactory):
    class Meta:
        model = models.Inspection


class ServicePlanFactory(DjangoModelFactory):
    class Meta:
        model = models.ServicePlan

    car = factory.SubFactory(CarFactory)
    service_type = "oil"
    every_km = 15_000


class ServiceRecordFactory(DjangoModelFactory):
    class Meta:
        model = models.ServiceRecord

    car = factory.SubFactory(CarFactory)
    service_date = date(2026, 10, 1)
    odometer_km = 10_000
    service_type = "oil"
    cost = Decimal("150.00")


class IssueReportFactory(DjangoModelFactory):
    class Meta:
        model = models.IssueReport

    car = factory.SubFactory(CarFactory)
    title = "Squeaking brakes"


class DamageFactory(DjangoModelFactory):
    class Meta:
        model = models.Damage

    car = factory.SubFactory(CarFactory)
    panel = models.Damage.Panel.REAR_BUMPER
    kind = models.Damage.Kind.SCRATCH


class OccupancyFactory(DjangoModelFactory):
    class Meta:
        model = models.Occupancy

    car = factory.SubFactory(CarFactory)
    period = Period(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 4, 9, tzinfo=UTC)).as_range()
    kind = models.Occupancy.Kind.BLOCK


class OdometerReadingFactory(DjangoModelFactory):
    class Meta:
        model = models.OdometerReading

    car = factory.SubFactory(CarFactory)
    km = 1_000
    taken_at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    source = models.OdometerReading.Source.MANUAL

"""One row of everything, so that every address has something to talk about."""

from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts import saving
from audit.registry import TRACKED
from contracts.models import Handover
from notifications.models import ReminderRule, WebhookEndpoint
from tests.factories import cars, contracts, customers, files
from tests.factories.accounts import ApiKeyFactory, UserFactory


def build() -> None:
    """Make contracts in the states that tell most, and a row of every model that they do not bring along."""
    by = contracts.manager()
    for state in (contracts.booked, contracts.confirmed, contracts.active):
        state(by=by)
    contracts.returned(by=by, back=replace(contracts.BACK, fuel_eighths=2))
    car = cars.CarFactory(rentable=True)
    for factory in (
        cars.InspectionFactory,
        cars.ServicePlanFactory,
        cars.ServiceRecordFactory,
        cars.IssueReportFactory,
        cars.DamageFactory,
        cars.OccupancyFactory,
        cars.OdometerReadingFactory,
    ):
        factory(car=car)
    customers.FlagFactory(blocking=True)
    for record in (car, customers.DocumentFactory(), Handover.objects.latest("pk")):
        files.attached(record)
    contracts.ExtraFactory()
    contracts.DayCloseFactory()
    integrator = UserFactory(role="integrator")
    ApiKeyFactory.issued(integrator)
    saving.save("cars.car", "lifecycle__exact=active", "Ready", shared=True, by=by)
    ReminderRule.objects.create(subject="insurance", offsets=[7], role="manager")
    WebhookEndpoint.objects.create(user=integrator, url="https://example.com/hook")


def one_of(model: type[Model]) -> Any:
    """Return the newest row of the model, or None."""
    return model._base_manager.order_by("-pk").first()


def empty_models() -> set[str]:
    return {label for label in TRACKED if not apps.get_model(label)._base_manager.exists()}

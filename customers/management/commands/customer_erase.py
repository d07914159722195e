"""`manage.py customer_erase`: the right to be forgotten, on the command line."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from customers import erasure
from customers.models import Customer
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Erase a customer's personal data; says what goes, what stays and why."
    examples = (
        "customer_erase 01939b3a-7c00-7000-8000-000000000000 --dry-run",
        "customer_erase 01939b3a-7c00-7000-8000-000000000000 --json",
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=UUID, help="of the customer")

    def work(self, *, id: UUID, **options: Any) -> Counts:  # noqa: A002 - the argument's name
        customer = Customer.objects.filter(pk=id).first()
        if customer is None:
            raise CommandError(f"There is no customer {id}.")
        plan = erasure.plan(customer)
        self.details = {"plan": plan.as_json()}
        for what, count in plan.goes.items():
            self.note(f"goes:  {count} {what}")
        for kept in plan.stays:
            self.note(f"stays: {kept.count} {kept.what} – {kept.why}")
        for why in plan.waits:
            self.note(f"waits: {why}")
        erasure.erase(id, by=None, now=timezone.now())
        return {"kinds_gone": len(plan.goes), "kinds_kept": len(plan.stays)}

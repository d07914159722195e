"""`manage.py customer_export`: everything that is kept of one person, as a ZIP."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from customers import exporting
from customers.models import Customer
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Write everything that is kept of a customer into a ZIP: JSON, agreements, scans and a readable index."
    examples = (
        "customer_export 01939b3a-7c00-7000-8000-000000000000 -o amra.zip",
        "customer_export 01939b3a-7c00-7000-8000-000000000000 --output /tmp/amra.zip --json",
    )
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=UUID, help="of the customer")
        parser.add_argument("-o", "--output", type=Path, required=True, help="the file to write")

    def work(self, *, id: UUID, output: Path, **options: Any) -> Counts:  # noqa: A002 - the argument's name
        customer = Customer.objects.filter(pk=id).first()
        if customer is None:
            raise CommandError(f"There is no customer {id}.")
        with exporting.archive(customer) as archive, output.open("wb") as file:
            shutil.copyfileobj(archive, file)
        self.note(f"{output}: {output.stat().st_size:,} bytes")
        return {"archives": 1}

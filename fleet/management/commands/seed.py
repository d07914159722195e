"""`manage.py seed`: plant the demo's company, or one of any size."""

import argparse
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from cars.models import Car
from contracts.models import Contract
from customers.models import Customer
from fleet.management.base import Counts, FleetCommand
from fleet.management.jobs import moment
from fleet.seed.plant import plant
from fleet.seed.scale import DEMO, Scale


class Command(FleetCommand):
    help = "Fill an empty database with a believable company around today."
    examples = ("seed", "seed --scale 500x20000x1000000 --seed 7")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=_scale, default=DEMO, metavar="CxCxC", help="cars x customers x contracts (60x200x500)"
        )
        parser.add_argument("--seed", type=int, default=7, help="the same number gives the same company (7)")
        parser.add_argument("--on", type=moment, metavar="DATE", help="the day around which it is planted (now)")
        parser.add_argument("--force", action="store_true", help="add to a database that is not empty")

    def work(self, *, scale: Scale, seed: int, on: datetime | None, force: bool, **options: Any) -> Counts:
        if not force and any(model.objects.exists() for model in (Car, Customer, Contract)):
            raise CommandError("The database is not empty. Seed an empty one, or use --force to add to what is there.")
        return plant(scale, seed=seed, now=on or timezone.now(), watched=self.progress)


def _scale(text: str) -> Scale:
    try:
        return Scale.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error

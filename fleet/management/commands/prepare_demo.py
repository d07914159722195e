"""`manage.py prepare_demo`: migrations, log-ins, and data when there is none; the part of `demo` that needs Django."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from cars.models import Car


class Command(BaseCommand):
    help = "Migrate, create the demo's log-ins and seed an empty database. Example: prepare_demo --key-file key.txt"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key-file", type=Path, required=True, help="where the integrator's key is kept")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("demo_accounts", key_file=options["key_file"])
        if "seed" in get_commands() and not Car.objects.exists():
            call_command("seed")

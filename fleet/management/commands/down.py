"""`manage.py down`: stop what `up` has started."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fleet.local import background
from fleet.local.state import AlreadyRunning, State


class Command(BaseCommand):
    """Runs without settings, like `up`."""

    help = "Stop the services that `up` has started. Examples: down; down --state /tmp/fleet"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--state", type=Path, default=Path(".state"), help="folder for data and logs (.state)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stopped = background.down(State(options["state"]))
        except AlreadyRunning as error:
            raise CommandError(str(error), returncode=4) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")

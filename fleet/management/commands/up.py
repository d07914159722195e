"""`manage.py up`: PostgreSQL, Valkey, S3 and a mail server in the background, for developers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fleet.local import background
from fleet.local.process import CannotStart
from fleet.local.state import AlreadyRunning, State


class Command(BaseCommand):
    """Runs without settings: it makes the environment that the settings read (see manage.py)."""

    help = "Start PostgreSQL, Valkey, S3 and a mail server in the background. Examples: up; up --state /tmp/fleet"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--state", type=Path, default=Path(".state"), help="folder for data and logs (.state)")

    def handle(self, *args: Any, **options: Any) -> None:
        state = State(options["state"])
        try:
            background.up(state)
        except AlreadyRunning as error:
            raise CommandError(str(error), returncode=4) from error
        except (CannotStart, OSError) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Running. `. {state.env_file}` leads commands there; `make down` stops them.")

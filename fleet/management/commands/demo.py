"""`manage.py demo`: the whole company on this machine, until Ctrl-C."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.demo import PASSWORD
from accounts.roles import STAFF_ROLES
from fleet.local import demo, signals
from fleet.local.process import CannotStart
from fleet.local.state import AlreadyRunning, State

_READY = """\

Fleet is ready at {url}/admin/

  log in as   {roles}
  password    {password}
  API         {url}/api/v1/  ·  docs {url}/api/v1/docs/
  API key     {key}
              curl -H 'Authorization: Bearer {key}' {url}/api/v1/cars/
  e-mails     . {folder}/env && manage.py mailbox  (nothing leaves this machine)
  data, logs  {folder}  (kept for the next start)
  stop        Ctrl-C, or kill {pid}
"""


class Command(BaseCommand):
    """Runs without settings: it starts the services whose addresses the settings ask for (see manage.py)."""

    help = (
        "Run the demo company: services, data, web, worker, beat. Examples: demo; demo --port 8123 --state /tmp/fleet"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=port, default=8000, help="port of the web server (8000)")
        parser.add_argument("--state", type=Path, default=Path(".state"), help="folder for data and logs (.state)")

    def handle(self, *args: Any, **options: Any) -> None:
        company = demo.Demo(State(options["state"]), options["port"])
        began = time.monotonic()
        try:
            with company.running():
                demo.say(f"ready after {time.monotonic() - began:.1f} s")
                self.stdout.write(_ready(company))
                self.stdout.flush()
                company.watch()
        except signals.Stopped:
            demo.say("stopped")
        except AlreadyRunning as error:
            raise CommandError(str(error), returncode=4) from error
        except (CannotStart, OSError) as error:
            raise CommandError(str(error)) from error


def _ready(company: demo.Demo) -> str:
    return _READY.format(
        url=company.url,
        roles=", ".join(STAFF_ROLES),
        password=PASSWORD,
        key=company.key_file.read_text() if company.key_file.exists() else "none",
        folder=company.state.folder,
        pid=os.getpid(),
    )


def port(raw: str) -> int:
    """Return the number of a TCP port."""
    number = int(raw)
    if not 1 <= number <= 65535:
        raise ValueError(raw)
    return number

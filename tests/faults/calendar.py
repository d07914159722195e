"""A worker by hand: `python -m tests.faults.calendar` does the work of each day that it reads, by the commands."""

import io
import json
import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import (  # noqa: E402 - after the set-up
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

from fleet.management.base import LOCKED  # noqa: E402
from fleet.management.jobs import JobCommand, moment  # noqa: E402

COMMANDS = (
    "expire_holds",
    "grow_overdue",
    "send_reminders",
    "remind_customers",
    "purge_scans",
    "deliver_mail",
    "call_webhooks",
    "audit_seal",
)


def run(name: str, day: str) -> dict[str, int]:
    """Do one day's work; where another process has it in hand do it beside that one, as a Celery worker would."""
    said = io.StringIO()
    command: Any = load_command_class(get_commands()[name], name)
    while True:
        try:
            call_command(command, "--on", day, "--json", stdout=said, stderr=io.StringIO())
            counts: dict[str, int] = json.loads(said.getvalue())["counts"]
            return counts
        except CommandError as error:
            if error.returncode != LOCKED:
                raise
            if isinstance(command, JobCommand):
                return dict(command.job(moment(day)))
            time.sleep(0.1)  # sealing is done by one at a time, whoever asks for it


if __name__ == "__main__":
    for line in sys.stdin:
        done = {name: run(name, line.strip()) for name in COMMANDS}
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()

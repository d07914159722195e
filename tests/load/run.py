"""`make load`: staff, integrators, a sync client and very many idle connections against a real web tier, for a while.

It brings its own services (fleet.local.run) and gunicorn, seeds a company, runs locust (from an environment of its own)
beside the idle connections, and writes docs/performance.md with two pictures.
"""

import argparse
import asyncio
import csv
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import django

ROOT = Path(__file__).resolve().parent.parent.parent
LOCUST = ROOT / ".tools/load/bin/locust"
PASSWORD = "load-" + "fleet-2026"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", default="200x4000x10000")
    options.add_argument("--seconds", type=int, default=90)
    options.add_argument("--users", type=int, default=60, help="of locust")
    options.add_argument("--idle", type=int, default=2000, help="connections that stay")
    options.add_argument("--keep-log", default="", metavar="FILE", help="where the web's own words go")
    options.add_argument("--note", default="", help="a sentence about the machine, for the report")
    given = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")
    django.setup()
    from fleet.bench.server import memory_mb, serving  # noqa: PLC0415 - needs Django's settings
    from tests.load import idle, report  # noqa: PLC0415

    prepared = prepare(given.scale)
    with TemporaryDirectory(prefix="fleet-load-") as folder:
        world = Path(folder) / "world.json"
        world.write_text(json.dumps(prepared))
        shown = {"PROMETHEUS_MULTIPROC_DIR": f"{folder}/metrics", "FLEET_METRICS_TOKEN": "load"}
        with serving("fleet.asgi", workers=2, threads=4, probe="/livez", **shown) as (port, child):
            kept = idle.Kept()
            paths = [f"/api/v1/cars/{pk}/" for pk in prepared["cars"][:50]]
            waiting = idle.keep(
                port, paths, prepared["tokens"][0], count=given.idle, seconds=given.seconds + 15, kept=kept
            )
            crowd = threading.Thread(target=asyncio.run, args=[waiting])
            crowd.start()
            time.sleep(10)  # until all of them are there
            ran = locust(port, world, Path(folder), given)
            memory = memory_mb(child)
            crowd.join()
            outcomes = hot_reads(port)
            if given.keep_log:
                Path(given.keep_log).write_text(child.log.read_text())
        stats, history = (rows(Path(folder) / f"all_{name}.csv") for name in ("stats", "stats_history"))
        report.write(given, stats, history, report.Besides(kept, memory, outcomes))
    return ran


def prepare(scale: str) -> dict[str, Any]:
    """Seed the company and make accounts; return what locust needs to know."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts import tokens  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from cars.models import Car  # noqa: PLC0415
    from customers.models import Customer  # noqa: PLC0415
    from tests.factories.accounts import UserFactory  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    if not Car.objects.exists():
        call_command("seed", f"--scale={scale}")
    clerks = [UserFactory(role="agent", username=f"clerk{number}", password=PASSWORD) for number in range(20)]
    programs = [UserFactory(role="manager", username=f"program{number}") for number in range(20)]
    now = timezone.now()
    return {
        "password": PASSWORD,
        "clerks": [clerk.username for clerk in clerks],
        "tokens": [tokens.open_session(program, now=now).access for program in programs],
        "cars": [str(pk) for pk in Car.objects.in_service().values_list("pk", flat=True)[:200]],
        "names": [name.split()[-1] for name in Customer.objects.values_list("name", flat=True)[:50]],
        "users": User.objects.count(),
    }


def locust(port: int, world: Path, folder: Path, given: argparse.Namespace) -> int:
    command = [
        *(str(LOCUST), "-f", str(ROOT / "tests/load/users.py"), "--headless", "--only-summary"),
        *("--host", f"http://127.0.0.1:{port}", "--users", str(given.users), "--spawn-rate", "10"),
        *("--run-time", f"{given.seconds}s", "--csv", str(folder / "all"), "--exit-code-on-error", "1"),
    ]
    variables = {**os.environ, "FLEET_LOAD": str(world)}
    return subprocess.run(command, env=variables, cwd=folder, check=False).returncode


def hot_reads(port: int) -> dict[str, int]:
    """Return how many hot reads there were, by what became of them."""
    asked = Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": "Bearer load"})
    with urlopen(asked, timeout=30) as answer:  # noqa: S310 - our own server
        found = re.findall(r'^fleet_lane_total{outcome="(\w+)"} ([\d.]+)$', answer.read().decode(), re.MULTILINE)
    return {outcome: int(float(number)) for outcome, number in found}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main())

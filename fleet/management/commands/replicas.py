"""`manage.py replicas`: which replicas are asked, and how far behind they are."""

from dataclasses import asdict
from typing import Any

from fleet.db import replicas
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Show the read replicas: whether they answer and how far they are behind. Exit code 3 when one is not asked."
    examples = ("replicas", "replicas --json")
    writes = False
    alone = False

    def work(self, **options: Any) -> Counts:
        states = [replicas.state(alias) for alias in replicas.aliases()]
        self.details["replicas"] = [{**asdict(one), "usable": one.usable} for one in states]
        for one in states:
            if not self.as_json:
                told = one.problem or "ok"
                self.stdout.write(f"{one.alias}\t{told}\t{one.lag_seconds:.1f} s\t{one.behind} bytes")
            if not one.usable:
                self.warn(f"{one.alias} is not asked: {one.problem}.")
        return {"replicas": len(states), "usable": sum(one.usable for one in states)}

"""`manage.py cache_stats`: when each table changed last, as the read lane sees it."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from redis.exceptions import RedisError

from fleet import cache
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Show the states that kept answers are compared with, the latest change first."
    examples = ("cache_stats", "cache_stats --most 5")
    writes = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=100, metavar="N", help="tables to show (100)")

    def work(self, *, most: int, **options: Any) -> Counts:
        try:
            states = cache.states()
        except (RedisError, OSError) as error:
            raise CommandError(f"Redis cannot be reached: every read goes to the database ({error}).") from error
        epoch = states.pop(cache.EPOCH, None)
        states = {name: state for name, state in states.items() if name.isidentifier()}  # not of parts of tables
        ages = {table: time.time() - cache.began(state) for table, state in states.items()}
        self.details["seconds_ago"] = dict(sorted(ages.items(), key=lambda pair: pair[1])[:most])
        for table, age in self.details["seconds_ago"].items() if not self.as_json else ():
            self.stdout.write(f"{table:<40} {age:>12,.1f} s ago")
        self.note(f"epoch of {time.time() - cache.began(epoch):,.0f} s" if epoch else "no epoch: nothing is kept yet")
        return {"tables": len(states)}

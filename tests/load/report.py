"""What a load showed: docs/performance.md and two pictures."""

import os
import platform
from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from tests.load import pictures
from tests.load.idle import EVERY, Kept

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
type Rows = list[dict[str, str]]
_HEAD = "| what | requests | failed | per second | median ms | 95 % ms | 99 % ms |\n|---|--:|--:|--:|--:|--:|--:|"


@dataclass(frozen=True)
class Besides:
    """What was seen besides locust's own figures."""

    kept: Kept
    memory: float | None
    outcomes: dict[str, int]


def write(given: Namespace, stats: Rows, history: Rows, besides: Besides) -> None:
    total = [row for row in history if row["Name"] == "Aggregated"]
    first = int(total[0]["Timestamp"]) if total else 0
    seconds = [float(int(row["Timestamp"]) - first) for row in total]
    rates = {name: _numbers(total, name.capitalize()) for name in ("requests/s", "failures/s")}
    times = {name: _numbers(total, column) for name, column in (("median", "50%"), ("95 %", "95%"), ("99 %", "99%"))}
    for name, drawn in (
        ("load-rate", pictures.lines("Answers to locust's users", "per second", seconds, rates)),
        ("load-latency", pictures.lines("Time to answer", "ms", seconds, times)),
    ):
        (DOCS / f"pictures/{name}.svg").write_text(drawn)
    (DOCS / "performance.md").write_text(_text(given, stats, besides))


def _text(given: Namespace, stats: Rows, besides: Besides) -> str:
    kept, memory = besides.kept, besides.memory
    asked = sum(kept.statuses.values())
    low, high = (quantiles(kept.latencies, n=100)[part] for part in (49, 98))
    by_status = ", ".join(f"{count} × {status}" for status, count in sorted(kept.statuses.items()))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(besides.outcomes.items()))
    weight = f"{memory:.0f} MB" if memory else "not told by this kernel"
    return f"""# A load, and what it showed

Written by `make load` on {datetime.now(UTC):%Y-%m-%d}: {machine}. Load generator, PostgreSQL, Valkey and the web
tier share the machine (load average at the end: {load}). {given.note}

- gunicorn: 2 workers of 4 threads, every variable as it is by default; rates are counted, not refused
- a company of {given.scale} (cars x customers x contracts)
- {given.users} users of locust for {given.seconds} s: integrators search, look and book; programs follow the events
  and ask with tags; staff work in the admin
- beside them {given.idle} connections that stay open and ask for a car every {EVERY:.0f} s

![Answers per second](pictures/load-rate.svg)

![Time to answer](pictures/load-latency.svg)

{_HEAD}
{chr(10).join(_row(row) for row in stats)}

**Connections that stay**: {kept.most} open at once, {kept.lost} lost, {asked} requests ({by_status}),
median {low:.0f} ms, 99 % {high:.0f} ms.

**Hot reads** by what became of them: {outcomes}.

**Memory** of the web tier (PSS of master and workers) right after the load: {weight}.
"""


def _row(row: dict[str, str]) -> str:
    name = "**all**" if row["Name"] == "Aggregated" else row["Name"]
    cells = [
        row["Request Count"],
        row["Failure Count"],
        f"{float(row['Requests/s']):.1f}",
        row["50%"],
        row["95%"],
        row["99%"],
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _numbers(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) if row[name] not in ("", "N/A") else 0.0 for row in rows]

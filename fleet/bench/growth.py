"""What hot reads cost the database as contracts multiply: the same requests to companies of several sizes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings

from cars.models import Car
from contracts.models import Contract
from customers.models import Customer
from fleet.api.pagination import encode

type Cost = tuple[float, int]  # milliseconds at best, pages of 8 kB
type Sizes = dict[str, dict[str, Cost]]  # by number of contracts, by name of the read

MOST: Final = 1.3  # what the largest company may cost, beside the smallest
_TIMES: Final = 120
_LOG_IN: Final = "accounts_tokensession"
_ORDER: Final = ("-start_at", "-id")


def paths(now: datetime) -> dict[str, str]:
    """Return the hot reads over the rows that are there."""
    contracts, middle = Contract.objects.order_by("-start_at", "-id"), Contract.objects.count() // 2
    busiest = Customer.objects.annotate(many=Count("contracts")).order_by("-many", "id")[0]
    contract, car = contracts[middle], Car.objects.in_service()[0]
    somebody = Customer.objects.order_by("name", "id")[Customer.objects.count() // 2]  # of the same name in every size
    start, end = ((now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (10, 12))
    listed, free = "/api/v1/contracts/?limit=25", f"/api/v1/cars/availability/?start={start}&end={end}"
    return {
        "a car": f"/api/v1/cars/{car.pk}/",
        "a customer": f"/api/v1/customers/{busiest.pk}/",
        "a contract": f"/api/v1/contracts/{contract.pk}/",
        "25 cars": "/api/v1/cars/?limit=25",
        "25 customers": "/api/v1/customers/?limit=25",
        "25 contracts": listed,
        "25 contracts, half-way down": f"{listed}&cursor={encode(_ORDER, contract)}",
        "25 contracts that are out": f"{listed}&status=active",
        "overdue contracts": f"{listed}&overdue=true",
        "10 contracts of a car": f"/api/v1/cars/{car.pk}/contracts/?limit=10",
        "3 contracts of a customer": f"/api/v1/customers/{busiest.pk}/contracts/?limit=3",
        "contracts by a family name": f"{listed}&q={somebody.name.split()[-1]}",
        "contracts by a plate": f"{listed}&q={car.license_plate}",
        "a contract by its number": f"{listed}&q={contract.reference}",
        "contracts by a name that nobody has": f"{listed}&q=Qwertz",
        "free cars": free,
        "free cars, with reasons and alternatives": f"{free}&explain=true&category={car.category.code}",
    }


def measure(token: str, now: datetime) -> dict[str, Cost]:
    """Return what the statements of each read cost, the log-in's left out."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    asked, best = paths(now), dict[str, float]()
    with override_settings(FLEET_RATES=settings.FLEET_RATES | {"user": "1000000000/1m"}):
        for _ in range(_TIMES):  # one after the other, so that what disturbs meets them all
            for name, path in asked.items():
                best[name] = min(send(client, path)[0] * 1000, best.get(name, float("inf")))
        return {name: (best[name], sum(map(_pages, send(client, path)[1]))) for name, path in asked.items()}


def send(client: Client, path: str) -> tuple[float, list[tuple[str, Any]], bytes]:
    """Return the seconds that the statements of a request took, the statements, and the answer."""
    seconds, sent = 0.0, []

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        nonlocal seconds
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if _LOG_IN not in sql:
                seconds += perf_counter() - began
                sent.append((sql, params))

    with connection.execute_wrapper(timed):
        answer: Any = client.get(path)
    if answer.status_code != 200:
        raise LookupError(f"{path} answered {answer.status_code}")
    return seconds, sent, answer.content


def _pages(statement: tuple[str, Any]) -> int:
    """Return how many pages of 8 kB the statement looks at: that is the same on every machine."""
    return blocks(plan(statement))


def plan(statement: tuple[str, Any]) -> dict[str, Any]:
    """Return what PostgreSQL does to answer the statement."""
    sql, params = statement
    wrapper: Any = connection
    numbered = not isinstance(params, dict) and "$1" in sql  # a statement of fleet/db/prepared.py
    with wrapper.prepared_cursor() if numbered else connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params or None)
        (found,) = cursor.fetchone()[0]
    top: dict[str, Any] = found["Plan"]
    return top


def blocks(plan: dict[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def keep(folder: Path, contracts: int, found: dict[str, Cost]) -> Sizes:
    """Write the measurement beside those of other sizes, as JSON and as a table; return them all."""
    kept = folder / "growth.json"
    sizes = json.loads(kept.read_text()) if kept.exists() else {}
    sizes = dict(sorted({**sizes, str(contracts): found}.items(), key=lambda one: int(one[0])))
    kept.write_text(json.dumps(sizes, indent=1) + "\n")
    (folder / "growth.md").write_text(f"{_HEAD}\n{table(sizes)}\n")
    return sizes


def table(sizes: Sizes) -> str:
    """Return the measurements as a table of Markdown: by size, and the largest beside the smallest."""
    least, *_, most = (*sizes.values(), *sizes.values())
    lines = [
        f"| ms · pages | {' | '.join(f'{int(size):,}' for size in sizes)} | |",
        f"|---|{'---:|' * (len(sizes) + 1)}",
    ]
    for name, (ms, _) in most.items():
        figures = " | ".join("{:.2f} · {}".format(*found[name]) if name in found else "–" for found in sizes.values())
        lines.append(f"| {name} | {figures} | {f'× {ms / least[name][0]:.2f}' if name in least else ''} |")
    return "\n".join(lines)


def grown(sizes: Sizes) -> list[str]:
    """Return the reads that cost the largest company too much."""
    least, *_, most = (*sizes.values(), *sizes.values())
    return [
        f"{name}: {ms:.2f} ms, {least[name][0]:.2f} ms in the smallest company"
        for name, (ms, _) in most.items()
        if name in least and ms > least[name][0] * MOST
    ]


_HEAD: Final = """# Hot reads as contracts multiply

What the database spends on the statements of one request (without the log-in): milliseconds, the best of 120, and the
pages of 8 kB that they look at, which no other load of the machine changes. By number of contracts; 500 cars and 20,000
customers throughout. Made by one run per size, all at the same time, so that other work on the machine met them alike:

    for contracts in 10000 100000 1000000; do
        python -m fleet.local.run -- python manage.py bench --growth --scale 500x20000x$contracts
    done
"""

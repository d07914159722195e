"""What every page of the admin costs a large company, and what of it the database reads whole."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cars.models import Car
from contracts.models import Contract
from contracts.reports.catalogue import REPORTS
from customers.models import Customer
from fleet.admin.pages import pages
from fleet.bench import growth

MOST_STATEMENTS: Final = 20  # of a page, at any size
MOST_KB: Final = 20.0  # compressed; the timeline of 500 cars may have 80
MOST_KB_OF_THE_TIMELINE: Final = 80.0
_TIMES: Final = 5
_MANY: Final = 20_000  # rows: a table of that many is not read whole for a page
_NO_PAGES: Final = ("notices_stream", "audit_export", "list_export", "timeline_contract")  # a stream, files, a way
_LEADS_ON: Final = (302, 405)  # or takes a POST


@dataclass
class Cost:
    """Milliseconds in the median, and what no other work on the machine changes: the rest."""

    ms: float = 0
    cpu_ms: float = 0
    database_ms: float = 0
    statements: int = 0
    blocks: int = 0  # of 8 kB
    kb: float = 0  # compressed
    whole: list[str] = field(default_factory=list)  # large tables of which most rows were read


def paths(now: datetime) -> dict[str, str]:
    """Return every list, every page without a record, and the pages of the busiest car, customer and a contract."""
    found = {"Today": reverse("admin:index")}
    found |= {one.name: reverse(f"admin:{one.name}") for one in pages() if "<" not in one.path and _is_page(one)}
    found |= dict(_lists())
    found |= dict(_asked(now))
    found |= dict(_records())
    for record in (_busiest(Car), _busiest(Customer), _middle()):
        found |= dict(_tabs(record))
    return found


def _is_page(one: Any) -> bool:
    return not one.is_public and one.name not in _NO_PAGES


def _lists() -> Iterator[tuple[str, str]]:
    for model_admin in admin.site._registry.values():
        name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist"
        yield f"list of {model_admin.opts.verbose_name_plural}", reverse(f"admin:{name}")


def _asked(now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the questions that staff put to those pages."""
    contract, car, customer = _middle(), _busiest(Car), _busiest(Customer)
    lists = {
        one: reverse(f"admin:{one}_changelist") for one in ("contracts_contract", "customers_customer", "cars_car")
    }
    of_contracts, of_customers, of_cars = lists.values()
    for standing in ("pending", "confirmed", "active", "overdue", "returned", "closed"):
        yield f"contracts, {standing}", f"{of_contracts}?{urlencode({'standing': standing})}"
    yield "contracts, page 400", f"{of_contracts}?p=400"
    for what, words in (("reference", contract.reference), ("name", customer.name.split()[-1]), ("nobody", "Qwertz")):
        yield f"contracts by a {what}", f"{of_contracts}?{urlencode({'q': words})}"
        yield f"Ctrl-K, a {what}", f"{reverse('admin:search')}?{urlencode({'s': words})}"
    yield "contracts by a plate", f"{of_contracts}?{urlencode({'q': car.license_plate})}"
    yield "customers by name", f"{of_customers}?{urlencode({'q': customer.name})}"
    yield "cars by plate", f"{of_cars}?{urlencode({'q': car.license_plate})}"
    for days in (31, 62):
        yield f"timeline, {days} days, one category", _timeline(days=days, category=car.category.code)
    yield "timeline, 62 days", _timeline(days=62)
    start, end = now + timedelta(days=3), now + timedelta(days=6)
    times = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}"}
    yield "find, in three days", f"{reverse('admin:find')}?{urlencode(times)}"
    yield "find, why not the others", f"{reverse('admin:find')}?{urlencode({**times, 'why': 1})}"
    yield "new rental", f"{reverse('admin:contracts_contract_add')}?{urlencode({**times, 'car': str(car.pk)})}"
    yield from _of_the_trail(contract)
    yield from _reports()


def _of_the_trail(contract: Contract) -> Iterator[tuple[str, str]]:
    trail = reverse("admin:auditlog_logentry_changelist")
    for name, value in (("model", "contracts.contract"), ("action__exact", "0"), ("what", "login"), ("door", "admin")):
        yield f"trail by {name}", f"{trail}?{urlencode({name: value})}"
    yield "trail by an id", f"{trail}?{urlencode({'q': str(contract.pk)})}"
    yield "trail, page 1,000", f"{trail}?p=1000"


def _reports() -> Iterator[tuple[str, str]]:
    for name in REPORTS:
        yield f"report {name}", reverse("admin:report", args=[name])


def _timeline(**asked: Any) -> str:
    return f"{reverse('admin:timeline')}?{urlencode(asked)}"


def _middle() -> Contract:
    out = Contract.objects.filter(status="active").order_by("-start_at", "-id").first()
    return out or Contract.objects.latest("start_at")


def _busiest(model: Any) -> Any:
    """Return the car or the customer with the most contracts, whose pages are the longest."""
    return model.objects.annotate(many=Count("contracts")).order_by("-many", "id")[0]


def _records() -> Iterator[tuple[str, str]]:
    """Yield the page of the newest row of everything."""
    for model_admin in admin.site._registry.values():
        row = model_admin.model._base_manager.order_by("-pk").first()
        if row is not None:
            name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_change"
            yield f"a {model_admin.opts.verbose_name}", reverse(name, args=[row.pk])


def _tabs(record: Any) -> Iterator[tuple[str, str]]:
    """Yield the tabs of a record, and what a clerk does with a car that is out."""
    kind = f"{record._meta.app_label}_{record._meta.model_name}"
    within = kind.replace("_", "/", 1)
    tabs = [one.name for one in pages() if one.path.startswith(f"{within}/<uuid:pk>/")]
    steps = [f"{kind}_{one}" for one in ("check_in", "extend", "swap", "take_payment")] * isinstance(record, Contract)
    for name in (f"{kind}_change", f"{kind}_history", *tabs, *steps):
        yield (
            f"{record._meta.verbose_name}: {name.removeprefix(f'{kind}_')}",
            reverse(f"admin:{name}", args=[record.pk]),
        )


def measure(user: User, now: datetime) -> dict[str, Cost]:
    """Return what each page costs a user who may see it all, asked in this process by a warm client."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(user)
    shown = {name: path for name, path in paths(now).items() if client.get(path).status_code not in _LEADS_ON}
    return {name: _cost(client, path) for name, path in shown.items()}


def _cost(client: Client, path: str) -> Cost:
    walls, cpus, seconds, sent, body = [], [], [], list[Any](), b""
    for _ in range(_TIMES):
        began, worked = perf_counter(), process_time()
        spent, sent, body = growth.send(client, path)
        walls.append((perf_counter() - began) * 1000)
        cpus.append((process_time() - worked) * 1000)
        seconds.append(spent * 1000)
    cost = Cost(median(walls), median(cpus), median(seconds), len(sent), kb=len(gzip.compress(body)) / 1000)
    for statement in sent:
        plan = growth.plan(statement)
        cost.blocks += growth.blocks(plan)
        cost.whole += [table for table in _read_whole(plan) if table not in cost.whole]
    return cost


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the large tables of which the plan reads row by row what it does not need, or everything."""
    rows = (
        plan.get("Actual Rows", 0)
        + plan.get("Rows Removed by Filter", 0)
        + plan.get("Rows Removed by Index Recheck", 0)
    )
    if "Relation Name" in plan and rows * plan.get("Actual Loops", 1) >= _MANY:
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)


def over(found: dict[str, Cost]) -> list[str]:
    """Return the pages that cost more than a page may."""
    said = []
    for name, cost in found.items():
        most = MOST_KB_OF_THE_TIMELINE if "timeline" in name else MOST_KB
        if cost.statements > MOST_STATEMENTS:
            said.append(f"{name}: {cost.statements} statements")
        if cost.kb > most:
            said.append(f"{name}: {cost.kb:.1f} kB")
        if cost.whole:
            said.append(f"{name} reads many rows of {', '.join(cost.whole)}")
    return said


def table(found: dict[str, Cost]) -> str:
    """Return the measurements as a table of Markdown, the dearest page first."""
    lines = [
        "| page | ms | CPU ms | database ms | statements | pages of 8 kB | kB | reads |",
        f"|---|{'---:|' * 6}---|",
    ]
    for name, one in sorted(found.items(), key=lambda item: -item[1].database_ms):
        lines.append(
            f"| {name} | {one.ms:.0f} | {one.cpu_ms:.0f} | {one.database_ms:.1f} | {one.statements} | {one.blocks:,} "
            f"| {one.kb:.1f} | {', '.join(one.whole)} |"
        )
    return "\n".join(lines)


def keep(folder: Path, found: dict[str, Cost], rows: dict[str, int]) -> Path:
    """Write the table, and how large the company was."""
    kept = folder / "pages.md"
    size = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    kept.write_text(f"{_HEAD}\nMeasured with {size}.\n\n{table(found)}\n")
    return kept


_HEAD: Final = """# Pages of the admin in a large company

    python -m fleet.local.run -- python manage.py bench --pages --scale 500x20000x1000000

Medians of five warm requests in one process on a machine with other work; statements, pages of 8 kB and weight
(compressed) are the same on every machine. The last column names tables of which a page reads 20,000 rows and more.
"""

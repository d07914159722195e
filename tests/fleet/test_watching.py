"""What Prometheus is told, and that dashboard and alerts name only what there is."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.tasks import purge_locks
from customers import flags
from fleet import asgi as door
from fleet.bench.server import serving
from fleet.errors import DomainError
from fleet.local.process import free_port, start, wait_until
from notifications import mail
from notifications.models import Email, WebhookProgress
from tests.door.conftest import Served
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory
from tests.fleet.test_settings import ROOT

PROMETHEUS = ROOT / "deploy/prometheus"
SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


@pytest.fixture
def scrape(settings: Settings) -> Any:
    settings.METRICS_TOKEN = "m"
    return lambda: Client().get("/metrics", headers={"authorization": "Bearer m"}).content.decode()


def value(text: str, name: str, **labels: str) -> float:
    wanted = set(labels.items())
    return sum(
        float(number)
        for found, raw, number in SAMPLE.findall(text)
        if found == name and wanted <= set(re.findall(r'(\w+)="([^"]*)"', raw))
    )


@pytest.mark.django_db(transaction=True)
def test_what_waits_to_leave_is_counted_and_how_late_it_is(scrape: Any) -> None:
    WebhookProgress.objects.get_or_create(pk=1)
    context = {"name": "Lejla", "on": "1.12.2026", "items": [], "count": 0, "more": 0}
    with transaction.atomic():
        mail.queue("digest", to="lejla@example.com", language="bs", context=context, key="one")
    Email.objects.update(next_try_at=timezone.now() - timedelta(seconds=90))
    flags.raise_flag(CustomerFactory().pk, kind="vip", reason="Known.", by=UserFactory(role="manager"))
    text = scrape()
    assert value(text, "fleet_outbox_waiting", outbox="emails") == 1
    assert 90 <= value(text, "fleet_outbox_oldest_seconds", outbox="emails") < 200
    assert value(text, "fleet_outbox_waiting", outbox="events") == 1
    assert value(text, "fleet_outbox_waiting", outbox="webhooks") == 0


@pytest.mark.django_db(transaction=True)
def test_what_happened_is_counted_when_it_is_committed(scrape: Any) -> None:
    customer, by, before = CustomerFactory(), UserFactory(role="manager"), scrape()
    flags.raise_flag(customer.pk, kind="vip", reason="Known.", by=by)
    assert value(scrape(), "fleet_events_total") == value(before, "fleet_events_total") + 1


@pytest.mark.django_db
def test_refusals_are_counted_by_code_and_a_gate_counts_every_reason(scrape: Any) -> None:
    before = scrape()
    DomainError(code="not_rentable", refusals=[{"code": "occupied"}, {"code": "no_insurance"}])
    client_as("manager").get("/api/v1/cars/?colour=red")
    after = scrape()
    for code in ("not_rentable", "occupied", "no_insurance"):
        assert value(after, "fleet_refusals_total", code=code) == value(before, "fleet_refusals_total", code=code) + 1
    name = "fleet_refusals_total"
    assert value(after, name, code="unknown_parameter") == value(before, name, code="unknown_parameter") + 1


@pytest.mark.django_db
def test_tasks_are_timed_and_counted_by_how_they_end(scrape: Any) -> None:
    before = scrape()
    purge_locks.apply()
    task, after = {"task": "accounts.tasks.purge_locks"}, scrape()
    done = {**task, "outcome": "success"}
    assert value(after, "fleet_tasks_total", **done) == value(before, "fleet_tasks_total", **done) + 1
    assert value(after, "fleet_task_seconds_count", **task) == value(before, "fleet_task_seconds_count", **task) + 1


@pytest.mark.django_db
def test_what_alerts_look_for_is_there_before_it_happens_for_the_first_time(scrape: Any) -> None:
    """Prometheus sees an increase only in a number that it has seen before."""
    purge_locks.apply()
    text = scrape()
    assert 'fleet_tasks_total{outcome="failure",task="accounts.tasks.purge_locks"} 0.0' in text
    assert 'fleet_lane_total{outcome="away"} ' in text
    assert re.search(r'^django_db_new_connection_errors_total\{alias="default",vendor="postgresql"\} 0', text, re.M)
    assert {'fleet_web_refused_total{waited="no"} 0.0', 'fleet_web_refused_total{waited="yes"} 0.0'} <= set(
        text.splitlines()
    )


@pytest.mark.django_db
def test_a_broker_that_is_away_leaves_the_other_numbers_there(scrape: Any, settings: Settings) -> None:
    assert "fleet_queue_depth" in scrape()
    settings.FLEET_GAUGES = ["tests.fleet.test_watching.away", *settings.FLEET_GAUGES]
    text = scrape()
    assert "fleet_outbox_waiting" in text
    assert "django_http_requests_total" in text


def away() -> Any:
    raise ConnectionRefusedError


@pytest.mark.django_db
def test_dashboard_and_alerts_name_only_what_is_exported(scrape: Any) -> None:
    assert door.application  # what only the door counts
    text = scrape()
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    known = {"up", *kinds} | {f"{name}_{end}" for name in kinds for end in ("bucket", "sum", "count")}
    named = {word for text in expressions() for word in re.findall(r"\b(?:fleet|django)_\w+|\bup\b", text)}
    assert len(named) > 15
    assert named - known == set()


def expressions() -> list[str]:
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/fleet.json").read_text())
    rules = (PROMETHEUS / "alerts.yml").read_text()
    return [rules, *(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])]


@pytest.mark.skipif(not shutil.which("promtool") and "CI" not in os.environ, reason="promtool is not installed")
@pytest.mark.parametrize("asked", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_the_alerts_are_rules_and_ring_when_they_should(asked: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *asked], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_scrape_of_one_process_tells_of_all(tmp_path: Path) -> None:
    more = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "m"), "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", workers=2, threads=1, probe="/livez", **more) as found:
        served = Served(*found)
        for _ in range(60):
            served.get("/api/v1/nothing/")
        scrapes = [served.get("/metrics", Authorization="Bearer m")[1].decode() for _ in range(4)]
    name = "django_http_responses_total_by_status_total"
    assert {value(text, name, status="404") for text in scrapes} == {60}
    assert "fleet_queue_depth" in scrapes[0]


@pytest.mark.django_db(transaction=True)
def test_a_worker_shows_its_tasks_on_a_port_of_its_own(tmp_path: Path) -> None:
    port = free_port()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    variables = {
        **os.environ,
        "DATABASE_URL": database,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "m"),
        "FLEET_WORKER_METRICS_PORT": str(port),
    }
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "fleet", "worker", *options]
    child = start("worker", command, log=tmp_path / "log", env=variables, cwd=ROOT)
    try:
        current_app.send_task("accounts.tasks.purge_locks")
        done = {"task": "accounts.tasks.purge_locks", "outcome": "success"}
        assert wait_until(lambda: value(told(port), "fleet_tasks_total", **done) == 1, child, 60), child.last_words()
    finally:
        child.stop()


def told(port: int) -> str:
    line = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/metrics")
        return line.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        line.close()

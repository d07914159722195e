"""docker-compose.yml is complete and hangs together; no Docker engine is needed to see it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CLI = shutil.which("docker")
UNDERSTOOD = bool(CLI) and not subprocess.run([CLI, "compose", "version"], capture_output=True).returncode
OURS = ("web", "worker", "beat", "migrate")
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line and line[0] != "#"
)


def test_every_service_of_the_production_section_is_there() -> None:
    named = {
        "proxy",
        "web",
        "worker",
        "beat",
        "postgres",
        "replica",
        "pgbouncer",
        "redis",
        "minio",
        "mailpit",
        "prometheus",
        "grafana",
    }
    assert named <= SERVICES.keys()


@pytest.mark.skipif(not UNDERSTOOD, reason="this machine's docker has no compose")
def test_compose_itself_understands_the_file() -> None:
    given = {name: EXAMPLE[name] or "x" for name in EXAMPLE}
    command = [str(CLI), "compose", "--env-file", "/dev/null", "config", "--quiet"]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_what_it_runs_and_how_its_health_is_seen(name: str) -> None:
    service = SERVICES[name]
    assert "image" in service or "build" in service
    assert "healthcheck" in service
    if "build" in service:
        assert (ROOT / service["build"] / "Dockerfile").is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_only_for_services_that_can_become_what_it_waits_for(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        once = SERVICES[other]["healthcheck"].get("disable", False)
        assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_exists(name: str) -> None:
    for source in (re.split(r":(?![?-])", mount)[0] for mount in SERVICES[name].get("volumes", [])):
        known = source in COMPOSE["volumes"] or source.startswith("${")
        assert (ROOT / source).exists() if source.startswith(".") else known


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_an_image_of_others_has_a_fixed_version(name: str) -> None:
    image = SERVICES[name].get("image")
    assert image is None or re.search(r":\D*\d", image), f"{image} would change by itself"


def test_every_variable_is_explained_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT)) - {"FLEET_VERSION"}
    assert used == EXAMPLE.keys()


def test_no_secret_has_a_default() -> None:
    secret = [name for name in EXAMPLE if re.search("PASSWORD|SECRET|KEY|TOKEN", name)]
    assert all(EXAMPLE[name] == "" for name in secret)
    assert all(re.findall(rf"\$\{{{name}(.)", TEXT) and not re.search(rf"\$\{{{name}:?-", TEXT) for name in secret)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_fleet_is_one_that_it_reads(name: str) -> None:
    sources = [path for part in ("settings", "observability") for path in (ROOT / "fleet" / part).glob("*.py")]
    sources += [ROOT / "fleet/gunicorn.py"]
    read = " ".join(source.read_text() for source in sources)
    given = [variable for variable in SERVICES[name]["environment"] if not variable.startswith("AWS_")]
    assert [variable for variable in given if f'"{variable}"' not in read] == []


def test_containers_of_fleet_run_without_privileges() -> None:
    for name in OURS:
        assert SERVICES[name]["read_only"]
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER fleet$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_the_dashboard_is_well_formed_and_asks_the_provisioned_source() -> None:
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/fleet.json").read_text())
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {source["datasources"][0]["uid"]}


# Set by the programs that start Fleet, or fixed by what compose runs.
NOT_FOR_OPERATORS = {
    *(
        "CELERY_BROKER_URL",
        "FLEET_DATABASE_POOL",
        "FLEET_DATABASE_RESERVE",
        "FLEET_DEBUG",
        "FLEET_HELD_BY",
        "FLEET_MAILBOX",
        "FLEET_TIMELINE_PART",
    ),
    *("FLEET_KEEP_ALIVE", "FLEET_S3_REGION", "FLEET_STREAM_BEAT", "FLEET_TASK_GRACE", "FLEET_WEBHOOKS_TO_PRIVATE"),
}


def test_every_variable_that_fleet_reads_is_given_by_compose() -> None:
    settings = " ".join(path.read_text() for path in (ROOT / "fleet/settings").glob("*.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', settings))
    assert len(read) > 40
    assert read - set(SERVICES["web"]["environment"]) == NOT_FOR_OPERATORS


def test_only_the_proxy_and_the_signed_files_are_reachable_from_outside() -> None:
    opened = {name for name, service in SERVICES.items() if any("PUBLISH" in port for port in service.get("ports", ()))}
    assert opened == {"proxy", "minio"}


def test_every_app_goes_into_the_image() -> None:
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    ours = {app.name for app in apps.get_app_configs() if (ROOT / app.name).is_dir()}

    assert len(ours) >= 7
    assert {f"!{name}" for name in (*ours, "fleet", "static", "templates", "locale", "manage.py")} <= set(let_in)

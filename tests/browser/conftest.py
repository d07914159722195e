"""A demo that runs for the browser tests alone, and a browser whose every complaint fails the test."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from fleet.local.process import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PART = {"FLEET_TIMELINE_PART": "620"}  # 20 cars for a month: the demo's 60 come in parts, as hundreds do elsewhere
PATIENCE = 180  # seconds until the demo is up, with a whole company to plant
CHROMIUM = Path("/usr/bin/chromium")  # Debian's; elsewhere the one that playwright installed


def environment() -> dict[str, str]:
    """Return the variables of this process without those that are about the tests' own services."""
    ours = re.compile("FLEET_|DATABASE_URL|REDIS_URL|DJANGO_|PYTEST_")
    return {name: value for name, value in os.environ.items() if not ours.match(name)}


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demo that runs."""
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture(scope="session")
def company(state: Path) -> Iterator[str]:
    """Run `manage.py demo` and yield its address."""
    port, log = free_port(), state.parent / "said"
    command = [sys.executable, "manage.py", "demo", "--port", str(port), "--state", str(state)]
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment() | PART, stdout=said, stderr=said)
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", said: Path) -> None:
    for _ in range(PATIENCE):
        if process.poll() is not None:
            break
        try:
            with urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            pass
        time.sleep(1)
    pytest.fail(said.read_text())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tools:
        executable = str(CHROMIUM) if CHROMIUM.exists() else None
        started = tools.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, company: str) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window; what any of them writes to its console fails the test."""
    complaints: list[str] = []
    windows: list[BrowserContext] = []

    def listen(page: Page) -> None:
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_window(width: int = 1440, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=company,
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            timezone_id="Europe/Sarajevo",
        )
        windows.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        listen(page)
        return page

    yield open_window
    for context in windows:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def examples(company: str, state: Path) -> dict[str, list[str]]:
    """Return where each screen is, by its name: tests/browser/examples.py."""
    variables = dict(
        line.removeprefix("export ").split("=", 1) for line in (state / "env").read_text().splitlines() if "=" in line
    )
    work = "from tests.browser import examples; examples.show()"
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", work]
    said = subprocess.check_output(command, cwd=ROOT, env=environment() | variables, timeout=120)
    found: dict[str, list[str]] = json.loads(said)
    return found

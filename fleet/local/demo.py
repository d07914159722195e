"""The pocket company: services, web, worker and beat under one roof that stops them all."""

import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fleet.local import background, process, services, signals
from fleet.local.process import CannotStart, Child
from fleet.local.state import State

_HOME = Path(__file__).resolve().parent.parent.parent
_THREADS = 4
_READY_SECONDS = 120  # a slow laptop; usually it takes three


@dataclass
class Demo:
    """One run of the company from a state folder on a port."""

    state: State
    port: int
    children: list[Child] = field(default_factory=list)
    servers: list[Child] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key_file(self) -> Path:
        return self.state.folder / "integrator-key"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything, yield when /readyz answers 200, and stop everything in the end."""
        with self.state.locked(url=self.url), signals.raised():
            background.refuse_if_running(self.state)
            _refuse_taken(self.port)
            self.state.turn_logs()
            started = services.start(self.state.folder, os.environ)
            try:
                self._open(started)
                yield
            finally:
                signals.ignored()
                self.state.env_file.unlink(missing_ok=True)
                process.stop_all(self.children)
                started.stop()

    def watch(self) -> None:
        """Return never: raise Stopped on a signal, CannotStart when a part has died."""
        while True:
            self._require_alive()
            time.sleep(0.3)

    def _open(self, started: services.Services) -> None:
        ours = {**started.variables, **self.state.demo_variables(), "FLEET_URL": self.url}
        self.state.write_env(ours)
        variables = {**os.environ, **ours, "FLEET_BIND": f"127.0.0.1:{self.port}"}
        self.servers = started.children
        # The web process loads while the company is planted; /readyz says when both are done.
        web = {**variables, "FLEET_WEB_THREADS": str(_THREADS), "FLEET_HELD_BY": str(self.state.planting)}
        self.state.planting.touch()
        self._start("web", ["-m", "gunicorn", "-c", "python:fleet.gunicorn", "fleet.asgi"], web)
        self._prepare(variables)
        self.state.planting.unlink()
        celery = ["-m", "celery", "-A", "fleet"]
        worker_options = ["--loglevel", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        self._start("worker", [*celery, "worker", *worker_options], {**variables, "FLEET_TASK_GRACE": "5"})
        self._start(
            "beat",
            [*celery, "beat", "--loglevel", "INFO", "--schedule", str(self.state.folder / "beat-schedule")],
            variables,
        )
        self._await_ready()

    def _start(self, name: str, arguments: list[str], env: Mapping[str, str]) -> Child:
        log = self.state.logs / f"{name}.log"
        child = process.start(name, [sys.executable, *arguments], log=log, env=env, cwd=_HOME)
        self.children.append(child)
        return child

    def _prepare(self, env: Mapping[str, str]) -> None:
        say("preparing the database (the first time: the whole company's data)")
        child = self._start("prepare", ["manage.py", "prepare_demo", "--key-file", str(self.key_file)], env)
        while child.alive:
            self._require_alive(but=child)
            time.sleep(0.05)
        self.children.remove(child)
        if child.process.returncode != 0:
            raise CannotStart(f"The database could not be prepared:\n{child.last_words()}")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while (answer := _ask_ready(self.port)) != http.client.OK:
            self._require_alive()
            if time.monotonic() > deadline:
                raise CannotStart(f"Fleet did not become ready in {_READY_SECONDS} s; {self.url}/readyz says {answer}.")
            time.sleep(0.05)

    def _require_alive(self, but: Child | None = None) -> None:
        for child in (*self.servers, *self.children):
            if child is not but and not child.alive:
                code = child.process.returncode
                raise CannotStart(
                    f"{child.name} has ended (exit code {code}); the end of {child.log}:\n{child.last_words()}"
                )


def say(line: str) -> None:
    sys.stderr.write(f"fleet: {line}\n")
    sys.stderr.flush()


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is not free ({error.strerror}): choose another one, e.g. make demo PORT={port + 1}."
            ) from error


def _ask_ready(port: int) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()

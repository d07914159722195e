"""One run: every scene on every server that it is measured on, all beside the same hello."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from cars.models import Car
from contracts.checkup import nothing_overlaps
from fleet.bench import load, mixed, references, wrk
from fleet.bench.load import Measured
from fleet.bench.scenes import Scene, scenes, statements
from fleet.bench.server import cpu_seconds, memory_mb, serving
from fleet.local.process import Child

_THREADS: Final = 4
_NO_LANE: Final = {"FLEET_LANE": "off"}
_NAIVE: Final = {"DJANGO_SETTINGS_MODULE": "fleet.bench.naive_settings"}
OWN: Final = "own"

type Server = tuple[int, Child]  # its port and its process


@dataclass(frozen=True)
class Run:
    """How the measurement is made; `client` asks what has no body, the own client everything else."""

    workers: int
    connections: int
    seconds: float
    client: str
    warn: Callable[[str], None]
    hello: dict[str, Measured] = field(default_factory=dict)  # by client

    def measure(self, token: str, now: datetime) -> dict[str, Any]:
        """Return every figure. Raises CannotStart, LookupError and wrk.Failed."""
        with self._serving("fleet.bench.hello:application", "/") as server:
            for client in dict.fromkeys((self.client, OWN)):
                self.hello[client] = self._asked(Scene("hello", lambda _: load.get("/"), "/"), server, client, "")
        shown = scenes(token, now)
        reads = [scene for scene in shown if scene.path]
        sent = {scene.name: statements(scene, token) for scene in shown}  # by a request, whatever answers it
        with self._serving("fleet.asgi") as server:
            rows = self._rows(shown, server, token, sent)
            rows |= self._rows(reads, server, token, sent, ", anew", anew=True)
            memory = memory_mb(server[1])
        with self._serving("fleet.asgi", **_NO_LANE) as server:
            rows |= self._rows(reads, server, token, sent, ", no lane")
        return {
            "on": now.isoformat(),
            "shape": {
                "workers": self.workers,
                "threads": _THREADS,
                "connections": self.connections,
                "seconds": self.seconds,
                "client": self.client,
                "cars": Car.objects.count(),
            },
            "references": self._references(),
            "scenes": rows,
            "naive": self._naive(shown, token, rows),
            "mixed": self._mixed(token, now),
            "overlaps": nothing_overlaps().text,
            "memory_mb": memory,
        }

    def _references(self) -> dict[str, float]:
        seconds = min(self.seconds, 2)
        return {
            "hello": self.hello[self.client].rate,
            "hello_cpu_us": self.hello[self.client].cpu_us,
            "hello_own_client": self.hello[OWN].rate,
            "redis_get": references.redis_get(seconds),
            "primary_key": references.primary_key(seconds),
        }

    def _naive(self, shown: list[Scene], token: str, rows: dict[str, Any]) -> dict[str, Any]:
        """Return the same reads from the naive stack, and how often as fast ours is without the lane."""
        found = {}
        with self._serving("fleet.asgi", **_NAIVE) as server:
            for scene in shown:
                if scene.path and not scene.name.startswith("availability"):
                    row = self._row(scene, server, token)
                    times = rows[f"{scene.name}, no lane"]["rate"] / row["rate"] if row["rate"] else None
                    found[scene.name] = {**row, "ours": times}
        return found

    def _mixed(self, token: str, now: datetime) -> dict[str, float]:
        """Return the statements per request over the mixed load, with the lane and without."""
        counted = {}
        for name, more in (("lane", {}), ("no lane", _NO_LANE)):
            with mixed.counting() as variables, self._serving("fleet.asgi", **variables, **more) as (port, _):
                counted[name] = mixed.statements(port, token, now, self.connections, self.seconds)
        return {**counted, "ratio": counted["lane"] / counted["no lane"]}

    def _serving(self, application: str, probe: str = "/livez", **more: str) -> Any:
        return serving(application, workers=self.workers, threads=_THREADS, probe=probe, **more)

    def _rows(
        self,
        some: list[Scene],
        server: Server,
        token: str,
        sent: dict[str, int],
        suffix: str = "",
        *,
        anew: bool = False,
    ) -> dict[str, Any]:
        return {
            f"{scene.name}{suffix}": {**self._row(scene, server, token, anew=anew), "statements": sent[scene.name]}
            for scene in some
        }

    def _row(self, scene: Scene, server: Server, token: str, *, anew: bool = False) -> dict[str, Any]:
        """Measure a scene; `anew` is what the lane cannot have kept."""
        client = self.client if scene.path else OWN
        found = self._asked(scene, server, client, token, anew=anew)
        if set(found.statuses) - set(scene.expected):
            self.warn(f"{scene.name} answered {json.dumps(found.statuses)}")
        hello = self.hello[client]
        return {
            **vars(found),
            "ratio": found.rate / hello.rate,
            "cpu_ratio": hello.cpu_us / found.cpu_us if found.cpu_us else None,
        }

    def _asked(self, scene: Scene, server: Server, client: str, token: str, *, anew: bool = False) -> Measured:
        port, child = server
        self._warm(scene, port, client, token)
        before = cpu_seconds(child)
        found = self._hammered(scene, port, client, token, anew=anew)
        return replace(found, cpu_us=(cpu_seconds(child) - before) / max(found.requests, 1) * 1e6)

    def _warm(self, scene: Scene, port: int, client: str, token: str) -> None:
        """Let the same client ask: the lane keeps an answer for the headers that it was asked with."""
        load.hammer(port, scene.request, connections=self.connections, seconds=min(0.5, self.seconds))
        if client != OWN:
            wrk.hammer(port, scene.path, token, coding=scene.coding, connections=self.connections, seconds=1)

    def _hammered(self, scene: Scene, port: int, client: str, token: str, *, anew: bool) -> Measured:
        shape: dict[str, Any] = {"connections": self.connections, "seconds": self.seconds}
        if client != OWN:
            return wrk.hammer(port, scene.path, token, coding=scene.coding, anew=anew, **shape)
        if anew:
            return load.hammer(port, lambda number: load.get(scene.path, token, number, scene.coding), **shape)
        return load.hammer(port, scene.request, **shape).only(scene.wanted)

"""One run: every scene on every server that it is measured on, all beside the same hello."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cars.models import Car
from contracts.checkup import nothing_overlaps
from fleet.bench import load, mixed, references, wrk
from fleet.bench.scenes import Scene, scenes, statements
from fleet.bench.server import memory_mb, serving

_THREADS: Final = 4
_NO_LANE: Final = {"FLEET_LANE": "off"}
_NAIVE: Final = {"DJANGO_SETTINGS_MODULE": "fleet.bench.naive_settings"}
OWN: Final = "own"


@dataclass(frozen=True)
class Run:
    """How the measurement is made; `client` asks what has no body, the own client everything else."""

    workers: int
    connections: int
    seconds: float
    client: str
    warn: Callable[[str], None]
    hello: dict[str, float] = field(default_factory=dict)  # by client

    def measure(self, token: str, now: datetime) -> dict[str, Any]:
        """Return every figure. Raises CannotStart, LookupError and wrk.Failed."""
        with self._serving("fleet.bench.hello:application", "/") as (port, _):
            for client in dict.fromkeys((self.client, OWN)):
                self.hello[client] = self._asked(Scene("hello", lambda _: load.get("/"), "/"), port, client, "").rate
        shown = scenes(token, now)
        reads = [scene for scene in shown if scene.path]
        sent = {scene.name: statements(scene, token) for scene in shown}  # by a request, whatever answers it
        with self._serving("fleet.asgi") as (port, child):
            rows = self._rows(shown, port, token, sent)
            rows |= self._rows(reads, port, token, sent, ", anew", anew=True)
            memory = memory_mb(child)
        with self._serving("fleet.asgi", **_NO_LANE) as (port, _):
            rows |= self._rows(reads, port, token, sent, ", no lane")
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
            "hello": self.hello[self.client],
            "hello_own_client": self.hello[OWN],
            "redis_get": references.redis_get(seconds),
            "primary_key": references.primary_key(seconds),
        }

    def _naive(self, shown: list[Scene], token: str, rows: dict[str, Any]) -> dict[str, Any]:
        """Return the same reads from the naive stack, and how often as fast ours is without the lane."""
        found = {}
        with self._serving("fleet.asgi", **_NAIVE) as (port, _):
            for scene in shown:
                if scene.path and scene.name != "availability":
                    row = self._row(scene, port, token)
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
        self, some: list[Scene], port: int, token: str, sent: dict[str, int], suffix: str = "", *, anew: bool = False
    ) -> dict[str, Any]:
        return {
            f"{scene.name}{suffix}": {**self._row(scene, port, token, anew=anew), "statements": sent[scene.name]}
            for scene in some
        }

    def _row(self, scene: Scene, port: int, token: str, *, anew: bool = False) -> dict[str, Any]:
        """Measure a scene; `anew` is what the lane cannot have kept."""
        client = self.client if scene.path else OWN
        found = self._asked(scene, port, client, token, anew=anew)
        if set(found.statuses) - set(scene.expected):
            self.warn(f"{scene.name} answered {json.dumps(found.statuses)}")
        return {**vars(found), "ratio": found.rate / self.hello[client]}

    def _asked(self, scene: Scene, port: int, client: str, token: str, *, anew: bool = False) -> load.Measured:
        shape: dict[str, Any] = {"connections": self.connections, "seconds": self.seconds}
        load.hammer(port, scene.request, connections=self.connections, seconds=min(0.5, self.seconds))  # warm
        if client != OWN:
            return wrk.hammer(port, scene.path, token, anew=anew, **shape)
        if anew:
            return load.hammer(port, lambda number: load.get(scene.path, token, number), **shape)
        return load.hammer(port, scene.request, **shape).only(scene.wanted)

"""How long tasks take and how they end; a worker shows it to Prometheus on FLEET_WORKER_METRICS_PORT."""

import os
import time
from pathlib import Path
from typing import Any, Final

from celery.signals import task_postrun, task_prerun, worker_init
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

_FOLDER: Final = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _FOLDER:  # the first metric opens its file there
    Path(_FOLDER).mkdir(parents=True, exist_ok=True)

_SECONDS: Final = Histogram(
    "fleet_task_seconds", "Time in a task.", ["task"], buckets=(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
)
_DONE: Final = Counter("fleet_tasks", "Tasks that ended, and how.", ["task", "outcome"])
_began: dict[str, float] = {}


@task_prerun.connect
def begin(task_id: str, task: Any, **rest: Any) -> None:
    _began[task_id] = time.perf_counter()
    _DONE.labels(task.name, "failure")  # from 0 on: Prometheus sees no increase in a number that begins with 1


@task_postrun.connect
def end(task_id: str, task: Any, state: str | None = None, **rest: Any) -> None:
    began = _began.pop(task_id, None)
    if began is not None:
        _SECONDS.labels(task.name).observe(time.perf_counter() - began)
    _DONE.labels(task.name, (state or "unknown").lower()).inc()


@worker_init.connect
def show(**rest: Any) -> None:
    """Answer Prometheus from the worker's first process, for all of them."""
    port = os.environ.get("FLEET_WORKER_METRICS_PORT")
    if not port:
        return
    registry = REGISTRY
    if _FOLDER:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(int(port), addr=os.environ.get("FLEET_WORKER_METRICS_HOST", "127.0.0.1"), registry=registry)

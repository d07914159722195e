"""gunicorn's settings: `gunicorn -c python:fleet.gunicorn fleet.wsgi`."""

import os
import shutil
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

try:
    from fleet.settings import env
except ImproperlyConfigured as error:  # one line instead of gunicorn's traceback
    sys.exit(f"fleet: {error}")

bind = env.text("FLEET_BIND", "127.0.0.1:8000")
workers = env.whole("FLEET_WEB_WORKERS", 2, least=1, most=256)
threads = env.whole("FLEET_WEB_THREADS", 4, least=1, most=64)
worker_class = "gthread"
preload_app = True  # wrong settings stop the boot instead of a loop of dying workers; workers share memory
control_socket_disable = True  # since 25.1 gunicorn opens a socket in the home directory otherwise
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108 - a heartbeat file must not wait for a disk
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 0  # a dying worker would leave its metric files behind
accesslog = None
errorlog = "-"

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _metrics:  # here and not in a hook: the preloaded app opens its files before the first hook is called
    shutil.rmtree(_metrics, ignore_errors=True)
    Path(_metrics).mkdir(parents=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Forget the gauges of a worker that is gone."""
    if _metrics:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

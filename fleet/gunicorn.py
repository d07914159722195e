"""gunicorn's settings: `gunicorn -c python:fleet.gunicorn fleet.asgi`."""

import gc
import os
import shutil
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

from fleet.db import room
from fleet.door import leaving

os.environ.setdefault("FLEET_DATABASE_POOL", os.environ.get("FLEET_WEB_THREADS") or "4")  # a connection per thread

try:
    from fleet.settings import database, env, observability, web
except ImproperlyConfigured as error:  # one line instead of gunicorn's traceback
    sys.exit(f"fleet: {error}")

bind = env.text("FLEET_BIND", "127.0.0.1:8000")
workers = web.WEB_WORKERS
worker_class = "fleet.door.worker.DoorWorker"  # threads are the door's: gunicorn's asgi worker has none of its own
preload_app = True  # wrong settings stop the boot instead of a loop of dying workers; workers share memory
control_socket_disable = True  # since 25.1 gunicorn opens a socket in the home directory otherwise
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108 - a heartbeat file must not wait for a disk
timeout = 60
graceful_timeout = web.DRAIN_SECONDS + web.GRACEFUL_SECONDS + 5
keepalive = web.KEEP_ALIVE_SECONDS
forwarded_allow_ips = ""  # nobody tells gunicorn that he came by https: FLEET_TRUSTED_PROXIES says whom Django believes
asgi_loop = "asyncio"
asgi_lifespan = "on"
max_requests = 0  # a dying worker would leave its metric files behind
accesslog = None
logger_class = "fleet.door.worker.DoorLogger"
errorlog = "-"
logconfig_dict = observability.LOGGING

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _metrics:  # here and not in a hook: the preloaded app opens its files before the first hook is called
    shutil.rmtree(_metrics, ignore_errors=True)
    Path(_metrics).mkdir(parents=True)


def on_starting(server: Arbiter) -> None:
    """Refuse to start when the database has no room for us; behind PgBouncer only that one knows."""
    if database.TRANSACTION_POOLING:
        return
    try:
        room.require(
            env.text("DATABASE_URL"),
            workers=workers,
            pool=max(database.DATABASE_POOL, 1),
            beside=web.HOT_CONNECTIONS,
            reserve=database.DATABASE_RESERVE,
        )
    except room.TooManyConnections as error:
        sys.exit(f"fleet: {error}")


def when_ready(server: Arbiter) -> None:
    """Keep what is loaded on pages that workers share, and let them know before an instance is stopped."""
    gc.collect()
    gc.freeze()
    stop = server.stop

    def announced(graceful: bool = True) -> None:  # noqa: FBT001, FBT002 - gunicorn's signature
        leaving.announce_instance()
        stop(graceful)

    server.stop = announced


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let the event loop wait less for threads that compute: it answers probes, streams and hot reads."""
    sys.setswitchinterval(0.0005)
    gc.set_threshold(20_000, 20, 20)  # a request leaves hardly any rings behind, and looking for them costs it 5 %


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Forget the gauges of a worker that is gone."""
    if _metrics:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

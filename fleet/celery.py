"""The Celery application: `celery -A fleet worker`, `celery -A fleet beat`."""

import os
import signal
from contextlib import ExitStack
from threading import Timer
from typing import Any

import structlog
from celery import Celery
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_shutting_down
from django.conf import settings

from fleet import actor, queueing
from fleet.observability import request_id
from fleet.observability import tasks as tasks  # connects its signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")

queueing.use()
app = Celery("fleet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_REQUEST_ID = "fleet_request_id"  # a header of the message
_bindings: dict[str, ExitStack] = {}


@before_task_publish.connect
def pass_request_id(headers: dict[str, Any], **rest: Any) -> None:
    headers[_REQUEST_ID] = request_id.current()


@task_prerun.connect
def bind_actor(task_id: str, task: Any, **rest: Any) -> None:
    """Act for nobody, through the door that bears the task's name, under the id of the request that asked for it."""
    bindings = _bindings[task_id] = ExitStack()
    bindings.enter_context(request_id.under(_cause(task.request)))
    bindings.enter_context(structlog.contextvars.bound_contextvars(task=task.name, task_id=task_id))
    bindings.enter_context(actor.acting_as(None, door=f"celery:{task.name}"))


def _cause(request: Any) -> str:
    """Return the id of the request that asked for the task; called directly, headers are a dictionary of their own."""
    return str(request.get(_REQUEST_ID) or (request.get("headers") or {}).get(_REQUEST_ID) or "")


@task_postrun.connect
def restore_actor(task_id: str, **rest: Any) -> None:
    if task_id in _bindings:
        _bindings.pop(task_id).close()


@worker_shutting_down.connect
def give_back_in_time(how: str, **rest: Any) -> None:
    """Let running tasks finish, but not for ever: what still runs after the grace goes back to the queue.

    Killed from outside, a task would come back only with the visibility timeout, an hour later.
    """
    if how == "Warm":
        grace = Timer(settings.TASK_GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGQUIT))
        grace.daemon = True
        grace.start()

"""Numbers that are asked for when Prometheus asks: what waits where, and since when.

FLEET_GAUGES names functions that yield families; one that cannot reach its database or Redis is left out of the answer.
"""

import logging
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout
from redis import Redis
from redis.exceptions import RedisError

_PATIENCE: Final = 0.5
_logger = logging.getLogger(__name__)


class Scraped(Collector):
    def collect(self) -> Iterator[Metric]:
        for name in settings.FLEET_GAUGES:
            try:
                yield from list(import_string(name)())
            except (DatabaseError, PoolTimeout, RedisError, OSError) as error:
                _logger.warning("no numbers of %s: %s", name, type(error).__name__)


def queues() -> Iterator[Metric]:
    """Yield how many tasks wait for a worker, by queue."""
    family = GaugeMetricFamily("fleet_queue_depth", "Tasks that wait for a worker.", labels=["queue"])
    names = [queue.name for queue in settings.CELERY_TASK_QUEUES]
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        return
    line = _broker().pipeline(transaction=False)
    for name in names:
        line.llen(name)
    for name, depth in zip(names, line.execute(), strict=True):
        family.add_metric([name], depth)
    yield family


@cache
def _broker() -> Any:
    return Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)

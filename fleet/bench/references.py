"""What one Redis GET and one look-up by primary key cost here: rates per second of a single thread."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from redis import Redis

from cars.models import Car


def redis_get(seconds: float) -> float:
    server = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    server.set("bench", b"x" * 700, ex=60)
    return _rate(lambda: server.get("bench"), seconds)


def primary_key(seconds: float) -> float:
    table = Car._meta.db_table
    pk = Car.objects.values_list("pk", flat=True).first()
    with connection.cursor() as cursor:
        return _rate(
            lambda: cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [pk]).fetchone(),  # noqa: S608 - our table
            seconds,
        )


def _rate(work: Callable[[], object], seconds: float) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        work()
        count += 1
    return count / (time.perf_counter() - began)

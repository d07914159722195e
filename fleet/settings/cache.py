"""Redis: one server, a database number per use, counted from the number in REDIS_URL (0 when it has none)."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from fleet.settings import env


def _database(offset: int) -> str:
    return urlunsplit(_parts._replace(path=f"/{_first + offset}"))


def _first_database(raw: str) -> int:
    number = raw.strip("/") or "0"
    if not number.isdecimal():
        raise ImproperlyConfigured("REDIS_URL is wrong: after the host it may only have a database number, e.g. /0.")
    return int(number)


_parts = urlsplit(env.url("REDIS_URL", schemes=("redis", "rediss")))
_first = _first_database(_parts.path)
BROKER_URL = _database(0)

# Asked with every request, so nobody waits for it long. After a restart a connection that was open is found closed, and
# one fresh try is enough; who does not answer in time is not asked twice.
_impatient: dict[str, Any] = {
    "SOCKET_CONNECT_TIMEOUT": 0.5,
    "SOCKET_TIMEOUT": 0.5,
    "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))},
}
_backend: dict[str, Any] = {"BACKEND": "django_redis.cache.RedisCache", "OPTIONS": _impatient}
CACHES: dict[str, dict[str, Any]] = {
    "default": {**_backend, "LOCATION": _database(1)},
    "ratelimit": {**_backend, "LOCATION": _database(2)},
}
DJANGO_REDIS_IGNORE_EXCEPTIONS = True  # without Redis everything still answers, from the database

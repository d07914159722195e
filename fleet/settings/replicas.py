"""Read replicas of PostgreSQL, any number; who reads from them says so with fleet.db.router.replica_reads()."""

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from fleet.settings import env
from fleet.settings.base import ENVIRONMENT
from fleet.settings.database import DATABASES

DATABASE_ROUTERS = ["fleet.db.router.ReplicaRouter"]
REPLICA_PREFIX = "replica_"
# Older than this is too old even for a report.
REPLICA_MOST_LAG_SECONDS = env.whole("FLEET_REPLICA_MOST_LAG", 10, least=1, most=3600)


def replica(url: str) -> dict[str, object]:
    """Return the settings of one replica: the primary's engine, no pool.

    A report opens its connection and closes it at its end, so that a replica which comes and goes leaves nothing
    behind in our processes, and who cannot be reached is given up after two seconds.
    """
    parsed = Env.db_url_config(url)
    if not parsed.get("NAME"):
        raise ImproperlyConfigured("DATABASE_REPLICA_URLS is wrong: one of them names no database.")
    return {
        **parsed,
        "ENGINE": DATABASES["default"]["ENGINE"],
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"connect_timeout": 2, **parsed.get("OPTIONS", {})},
    }


# Tests start replicas of their own (tests/fleet/test_replicas.py); all others know the primary alone.
_urls = env.urls("DATABASE_REPLICA_URLS", schemes=("postgres", "postgresql")) if ENVIRONMENT != "test" else []
DATABASES.update({f"{REPLICA_PREFIX}{number}": replica(url) for number, url in enumerate(_urls, 1)})

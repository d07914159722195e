"""PostgreSQL, in every environment."""

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from fleet.settings import env

_url = env.url("DATABASE_URL", schemes=("postgres", "postgresql"))
_parsed = Env.db_url_config(_url)
if not _parsed.get("NAME"):
    raise ImproperlyConfigured("DATABASE_URL is wrong: it names no database.")

# Connections a web process may hold: as many as it has threads. 0 = no pool (Celery, commands, tests).
DATABASE_POOL = env.whole("FLEET_DATABASE_POOL", 0, most=200)
_pool: dict[str, object] = {"pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 5}} if DATABASE_POOL else {}

# Behind PgBouncer in transaction mode a server-side cursor would lose its connection between two rows.
TRANSACTION_POOLING = env.flag("FLEET_TRANSACTION_POOLING", default=False)

DATABASES = {
    "default": {
        **_parsed,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 60,  # anything but 0 is refused beside a pool
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": TRANSACTION_POOLING,
        "OPTIONS": {**_parsed.get("OPTIONS", {}), **_pool},
    }
}

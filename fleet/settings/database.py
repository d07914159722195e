"""PostgreSQL, in every environment."""

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from fleet.db.metered.liveness import still_open, try_again
from fleet.settings import env

_url = env.url("DATABASE_URL", schemes=("postgres", "postgresql"))
_parsed = Env.db_url_config(_url)
if not _parsed.get("NAME"):
    raise ImproperlyConfigured("DATABASE_URL is wrong: it names no database.")

# Connections a web process may hold: one per thread (fleet/gunicorn.py). 0 = no pool (Celery, commands, tests).
DATABASE_POOL = env.whole("FLEET_DATABASE_POOL", 0, most=200)
DATABASE_RESERVE = env.whole("FLEET_DATABASE_RESERVE", 20, most=10_000)  # what the web leaves to tasks and commands
# Together with the wait for a thread (fleet/door/threads.py) nobody waits longer than five seconds for a 503. After a
# restart of the server a new connection is tried at once and a second later, not after an ever longer pause.
_pool_options = {
    "min_size": 1,
    "max_size": DATABASE_POOL,
    "timeout": 2,
    "check": still_open,
    "reconnect_timeout": 1,
    "reconnect_failed": try_again,
}
_pool: dict[str, object] = {"pool": _pool_options} if DATABASE_POOL else {}

# Behind PgBouncer in transaction mode a server-side cursor would lose its connection between two rows.
TRANSACTION_POOLING = env.flag("FLEET_TRANSACTION_POOLING", default=False)
# The statements of fleet/db/prepared.py are planned once per connection: planning costs more than running them. Behind
# PgBouncer only where that is said (it needs 1.22 and max_prepared_statements).
PREPARED_STATEMENTS = env.flag("FLEET_PREPARED_STATEMENTS", default=not TRANSACTION_POOLING)
_prepared = {"prepare_threshold": 5 if PREPARED_STATEMENTS else None}

DATABASES = {
    "default": {
        **_parsed,
        "ENGINE": "fleet.db.metered",
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 60,  # anything but 0 is refused beside a pool
        "CONN_HEALTH_CHECKS": not DATABASE_POOL,  # the pool has its own check
        "DISABLE_SERVER_SIDE_CURSORS": TRANSACTION_POOLING,
        "OPTIONS": {**_parsed.get("OPTIONS", {}), **_pool, **_prepared},
    }
}

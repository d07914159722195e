"""What the pools of this process hold, for Prometheus."""

from typing import Final

from prometheus_client import Gauge
from psycopg_pool import ConnectionPool

from fleet.db.metered.base import DatabaseWrapper

_CONNECTIONS: Final = Gauge(
    "fleet_database_pool", "Connections of the web's pools, by state.", ["alias", "state"], multiprocess_mode="livesum"
)
_STATES: Final = {"open": "pool_size", "idle": "pool_available", "waited_for": "requests_waiting"}


def report() -> None:
    pools: dict[str, ConnectionPool] = DatabaseWrapper._connection_pools  # type: ignore[attr-defined]
    for alias, pool in list(pools.items()):
        stats = pool.get_stats()
        for state, name in _STATES.items():
            _CONNECTIONS.labels(alias, state).set(stats.get(name, 0))

"""ENGINE "fleet.db.metered": counts and times every statement, under the names of django_prometheus."""

from collections.abc import Sequence
from functools import cache
from time import perf_counter
from typing import Any

from django.db.backends.postgresql import base
from django_prometheus.db import connection_errors_total, connections_total, errors_total, execute_total
from django_prometheus.db.common import query_duration_seconds


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["cursor_factory"] = _metered(params["cursor_factory"], self.alias, self.vendor)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or take a connection out of the pool."""
        connections_total.labels(self.alias, self.vendor).inc()
        try:
            return super().get_new_connection(conn_params)
        except Exception:
            connection_errors_total.labels(self.alias, self.vendor).inc()
            raise


@cache  # one class per kind of cursor: a pool asks again with every check-out
def _metered(cursor: type[Any], alias: str, vendor: str) -> type[Any]:
    executed = execute_total.labels(alias, vendor)
    duration = query_duration_seconds.labels(alias=alias, vendor=vendor)

    class MeteredCursor(cursor):  # type: ignore[misc]
        def execute(self, *args: Any, **options: Any) -> Any:
            return self._timed(1, super().execute, args, options)

        def executemany(self, query: Any, rows: Sequence[Any], **options: Any) -> Any:
            return self._timed(len(rows), super().executemany, (query, rows), options)

        def _timed(self, statements: int, work: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
            executed.inc(statements)
            began = perf_counter()
            try:
                return work(*args, **options)
            except Exception as error:
                errors_total.labels(alias, vendor, type(error).__name__).inc()
                raise
            finally:
                duration.observe(perf_counter() - began)

    return MeteredCursor

"""Whether the database has room for all the connections that the web may open."""

import psycopg


class TooManyConnections(Exception):
    """The web would take connections that the server does not have."""


def require(url: str, *, workers: int, pool: int, reserve: int, beside: int = 0) -> None:
    """Compare with the server's own limit. Raises TooManyConnections; says nothing when the server does not answer.

    `beside` are those that a worker has besides its pool. Counted twice, since the old and the new workers live side
    by side during a reload.
    """
    wanted = 2 * workers * (pool + beside)
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            most, kept = (_number(connection, name) for name in ("max_connections", "superuser_reserved_connections"))
    except psycopg.OperationalError:
        return  # not there yet: /readyz will say so
    if wanted > most - kept - reserve:
        raise TooManyConnections(
            f"{workers} web workers with a pool of {pool} and {beside} connections beside it may open {wanted} "
            "connections during a reload, but of "
            f"PostgreSQL's {most} only {most - kept - reserve} are theirs ({kept} are the superuser's, {reserve} are "
            "kept for tasks and commands: FLEET_DATABASE_RESERVE). Lower FLEET_WEB_WORKERS or FLEET_WEB_THREADS, raise "
            "max_connections, or put PgBouncer between them and set FLEET_TRANSACTION_POOLING."
        )


def _number(connection: psycopg.Connection[tuple[str]], name: str) -> int:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return int(row[0]) if row else 0

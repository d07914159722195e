"""Sealing: closed runs of entries are hashed and chained, so that nobody can change the past unseen."""

import logging
import time
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import connection, transaction

from audit import chain, segments
from audit.models import Seal
from audit.models.seal import instant

_logger = logging.getLogger(__name__)
_LOCK: Final = 0x5EA1  # one sealer at a time
_PATIENCE: Final = 20.0  # seconds to wait for transactions that are still writing


def horizon(*, patience: float = _PATIENCE) -> int | None:
    """Return an id below which no entry can appear any more; None while somebody has been writing for too long.

    Ids are drawn before the commit, so a smaller one may become visible later. Whoever has drawn one holds the table's
    ROW EXCLUSIVE lock since before, and until the end of the transaction: once all who hold it now are gone, every id
    up to the sequence's value of now is there or never will be. (CREATE INDEX CONCURRENTLY waits in the same way.)
    """
    deadline = time.monotonic() + patience
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM auditlog_logentry_id_seq")
        last, called = cursor.fetchone()
        if not called:
            return 0
        waiting = _writers(cursor)
        while waiting:
            if time.monotonic() >= deadline:
                _logger.warning("the trail is not sealed: a transaction has been writing for %.0f s", patience)
                return None
            time.sleep(0.05)
            waiting &= _writers(cursor)
    return int(last)


def _writers(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE relation = 'auditlog_logentry'::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"
        " AND pid IS DISTINCT FROM pg_backend_pid()"
    )
    return {name for (name,) in cursor.fetchall()}


def seal(*, now: datetime, patience: float = _PATIENCE) -> tuple[int, int]:
    """Seal what is closed; return how many seals were set over how many entries."""
    limit = horizon(patience=patience)
    seals = entries = 0
    while limit is not None and (made := _next(limit, now)) is not None:
        seals, entries = seals + 1, entries + made.entries
    if seals:
        head = Seal.objects.latest("number")
        # The log leaves this machine: whoever rewrites the whole chain here cannot rewrite it there.
        _logger.info("audit trail sealed: seal %d, digest %s", head.number, bytes(head.digest).hex())
    return seals, entries


@transaction.atomic
def _next(limit: int, now: datetime) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    before = Seal.objects.defer("leaves").order_by("number").last()
    after_id = before.last_id if before else None
    lines = segments.lines(after_id, limit, segments.MOST)
    if not lines:
        return None
    first, last = (chain.id_of(line) or 0 for line in (lines[0], lines[-1]))
    return _written(lines, before, first - 1 if after_id is None else after_id, last, now)


def _written(lines: list[bytes], before: Seal | None, after_id: int, last_id: int, now: datetime) -> Seal:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(timestamp), max(timestamp) FROM auditlog_logentry WHERE id > %s AND id <= %s",
            [after_id, last_id],
        )
        first_at, last_at = cursor.fetchone()
    leaves = chain.pack(lines, after_id)
    segment = chain.Segment(
        number=before.number + 1 if before else 1,
        previous=bytes(before.digest) if before else chain.GENESIS,
        after_id=after_id,
        last_id=last_id,
        entries=len(lines),
        first_at=instant(first_at),
        last_at=instant(last_at),
        sealed_at=instant(now),
        rows=sha256(leaves).digest(),
        digest=b"",
    )
    return Seal.objects.create(
        number=segment.number,
        previous=segment.previous,
        after_id=after_id,
        last_id=last_id,
        entries=segment.entries,
        first_at=first_at,
        last_at=last_at,
        sealed_at=now,
        rows=segment.rows,
        digest=chain.seal_digest(segment),
        leaves=leaves,
    )

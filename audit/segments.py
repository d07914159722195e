"""The entries in their canonical form, segment by segment: what a seal covers, and nothing is kept in memory."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from audit.chain import Segment
from audit.models import Seal

MOST: Final = 10_000  # rows in a segment; it is read, hashed and exported as a whole
_SEALS_AT_ONCE: Final = 20

# The one definition of what is hashed: all columns of an entry, as PostgreSQL writes them in JSON. Moments are in UTC
# with microseconds; `changes` and the other documents are printed by jsonb, which has one text for each value.
# A column that auditlog adds later is not covered until it is named here, under a new version of the seal.
CANONICAL: Final = """json_build_object(
    'id', id, 'timestamp', to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'action', action,
    'content_type_id', content_type_id, 'object_pk', object_pk, 'object_id', object_id, 'object_repr', object_repr,
    'changes', changes, 'changes_text', changes_text, 'serialized_data', serialized_data,
    'actor_id', actor_id, 'actor_email', actor_email, 'cid', cid, 'remote_addr', host(remote_addr),
    'remote_port', remote_port, 'additional_data', additional_data
)::text"""


def lines(after_id: int | None, last_id: int, limit: int | None = None) -> list[bytes]:
    """Return the entries above `after_id` and up to `last_id` in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            # OFFSET 0: cut first, then build; a list of lines is otherwise sorted whole.
            f"SELECT {CANONICAL} FROM (SELECT * FROM auditlog_logentry"  # noqa: S608 - constants
            " WHERE (%(after)s::bigint IS NULL OR id > %(after)s::bigint) AND id <= %(last)s"
            " ORDER BY id LIMIT %(limit)s) entry ORDER BY id",
            {"after": after_id, "last": last_id, "limit": limit},
        )
        return [text.encode() for (text,) in cursor]


def sealed(first: int = 1) -> Iterator[Segment]:
    """Yield the seals from this number on."""
    number = first
    while batch := list(Seal.objects.filter(number__gte=number).order_by("number")[:_SEALS_AT_ONCE]):
        yield from (seal.segment() for seal in batch)
        number = batch[-1].number + 1


def labels() -> dict[str, str]:
    """Return content type id → label: the legend of an export, for people; what is hashed are the ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app_label || '.' || model FROM django_content_type ORDER BY id")
        return {str(key): label for key, label in cursor}

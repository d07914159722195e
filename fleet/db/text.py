"""Text as it is searched, without accents and in lower case; instants as text."""

from django.db.models import CharField, Func, TextField


class Unaccented(Func):
    """`fleet_plain(text)`: an IMMUTABLE wrapper of unaccent and lower, so that an index may hold it.

    unaccent() itself is only STABLE because its dictionary could change; ours never does.
    Source: PostgreSQL manual, F.48 unaccent. Created by accounts.0001.
    """

    function = "fleet_plain"
    output_field = CharField()


class Instant(Func):
    """An instant as InstantField writes it: microseconds only when there are any."""

    template = (
        "REPLACE(TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z')"
    )
    output_field = TextField()

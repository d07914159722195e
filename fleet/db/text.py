"""Text as it is searched: without accents, in lower case."""

from django.db.models import CharField, Func


class Unaccented(Func):
    """`fleet_plain(text)`: an IMMUTABLE wrapper of unaccent and lower, so that an index may hold it.

    unaccent() itself is only STABLE because its dictionary could change; ours never does.
    Source: PostgreSQL manual, F.48 unaccent. Created by accounts.0001.
    """

    function = "fleet_plain"
    output_field = CharField()

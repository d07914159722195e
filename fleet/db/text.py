"""Text as it is searched, without accents and in lower case; instants as text; objects that are read at once."""

from typing import Any

import orjson
from django.db.models import CharField, Func, JSONField, TextField
from django.db.models.functions import JSONObject


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


class Json(JSONField):
    """What PostgreSQL has put together for one statement; several times as quick to read as a field of a model."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value


class Object(JSONObject):
    output_field = Json()

"""What of a row goes into the trail, and in which form."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields.ranges import RangeField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.postgresql.psycopg_any import Range
from django.utils import translation

from customers.privacy import hidden, masked
from fleet.db.kinds import fits, sure_kind
from fleet.db.loaded import AnyField

type Changes = dict[str, list[Any]]  # field → [before, after]

# Said by the entry itself (object, time, actor), or of no interest to anybody.
_EVERYWHERE = frozenset({"id", "created_at", "created_by", "updated_at", "version"})


_LONGEST_NAME = 200
FILES: Final = "files"  # what an entry calls files that a record got or lost; no column of the record


@dataclass(frozen=True)
class Rules:
    """`masked` keeps the end of a value, `hidden` only that there is one, `unlogged` nothing; `many` are M2M fields.

    Rows that are `pseudonymous` are not called by their name, which would outlive the erasure of the person.
    """

    masked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    unlogged: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    pseudonymous: bool = False
    told_apart: tuple[tuple[str, str], ...] = ()  # column, and what an addition to it is called in the trail

    def called(self, instance: models.Model) -> str:
        """Return what the trail calls the row for good: its name, or `Customer 5f0c9a3e`, the end of its id."""
        if self.pseudonymous:
            return f"{type(instance).__name__} {str(instance.pk)[-8:]}"
        if translation.get_language() == settings.LANGUAGE_CODE:
            return str(instance)[:_LONGEST_NAME]
        with translation.override(settings.LANGUAGE_CODE):  # one language for good, whoever did it
            return str(instance)[:_LONGEST_NAME]

    def kept(self, fields: Iterable[AnyField]) -> Iterator[AnyField]:
        return (one for one in fields if one.name not in _EVERYWHERE and one.name not in self.unlogged)

    def told(self, field: AnyField, value: Any) -> Any:
        """Return the value as it may be kept, ready for JSON."""
        return value if _empty(value) else self.teller(field)(value)

    def teller(self, field: AnyField) -> Callable[[Any], Any]:
        """Return what makes of the field's values, which are not empty, what may be kept."""
        if field.name in self.hidden:
            return hidden
        return masked if field.name in self.masked else plain

    def made(self, instance: models.Model) -> Changes:
        """Return what a new row holds: what `difference` says of a row that held nothing."""
        changes: Changes = {}
        for field, name, attname, sure, tell in _kept(self, type(instance)):
            new = getattr(instance, attname)
            if new is None or (not new and _empty(new)):
                continue
            if type(new) is sure or not _empty(new := _prepared(field, new)):
                changes[name] = [None, tell(new)]
        return changes

    def difference(self, instance: models.Model, fields: Iterable[AnyField], before: Mapping[str, Any]) -> Changes:
        """Return what the instance changes in a row that held `before`; empty texts and NULL count as the same."""
        changes: Changes = {}
        for field in self.kept(fields):
            old, new = before.get(field.attname), getattr(instance, field.attname)
            if old is new or (_empty(old) and _empty(new)):
                continue
            old, new = _prepared(field, old), _prepared(field, new)
            if old != new and not (_empty(old) and _empty(new)):
                changes[field.name] = [self.told(field, old), self.told(field, new)]
        return changes


type _Told = tuple[AnyField, str, str, type | None, Callable[[Any], Any]]  # with its names, `sure_kind` and teller


@lru_cache
def _kept(rules: Rules, model: type[models.Model]) -> tuple[_Told, ...]:
    fields = rules.kept(model._meta.concrete_fields)
    return tuple((one, one.name, one.attname, sure_kind(one), rules.teller(one)) for one in fields)


RULES: Final[dict[type[models.Model], Rules]] = {}  # filled by audit/registry.py when the apps are ready
PLAIN: Final = Rules()


def rules_of(model: type[models.Model]) -> Rules:
    return RULES.get(model, PLAIN)


def plain(value: Any) -> Any:
    """Return the value in JSON's types: money and ids as text, instants in UTC, spans as start/end (ISO 8601)."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Range):
        return f"{_instant(value.lower)}/{_instant(value.upper)}"
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _instant(value: Any) -> str:
    if not isinstance(value, datetime):
        return "" if value is None else str(value)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _prepared(field: AnyField, value: Any) -> Any:
    """Return the value in the type that the database gives back, so that "5.00" and Decimal(5) are no change."""
    return value if fits(field, value) or isinstance(field, RangeField) else field.get_prep_value(value)


def _empty(value: Any) -> bool:
    return value is None or (not value and value in ("", [], {}))

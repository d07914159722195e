"""Which of our tables a statement reads and writes, from its text alone: raw SQL, bulk work and cascades too."""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from django.apps import apps

_WORDS: Final = re.compile(r"\w+")
_WRITES: Final = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO|COPY)\s+\"?(\w+)", re.IGNORECASE
)
_EVERYTHING: Final = re.compile(r"\s*TRUNCATE\b", re.IGNORECASE)  # it cascades
# What a trigger writes when a table is written is written too; a guard reads the migrations for triggers.
_BY_TRIGGER: Final[dict[str, frozenset[str]]] = {}


class Touched(NamedTuple):
    """Names of tables."""

    read: frozenset[str]
    written: frozenset[str]


@lru_cache(maxsize=8192)
def touched(statement: str) -> Touched:
    """Return every table of ours that the text names as read; too many is harmless, too few is not."""
    ours = tables()
    if _EVERYTHING.match(statement):
        return Touched(ours, ours)
    named = frozenset(_WORDS.findall(statement)) & ours
    found = frozenset(_WRITES.findall(statement)) & ours
    return Touched(named, found.union(*(_BY_TRIGGER.get(name, frozenset()) for name in found)))


@cache
def tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True))

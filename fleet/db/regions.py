"""Which names in Redis (fleet/cache.py) a write changes, and on which an answer depends: tables, and rows of tables.

Of every table three names: `t` changes with anything, `t~` with rows that were there before, `t!` with what we cannot
tell, as raw SQL, `QuerySet.update()` or a row that gets another owner. Of rows one name for each of 4,096 portions,
`#0a7`: it changes when a row is written that has, or points at, an id of that portion. docs/adr/0058.

    written("contracts_priceline", Change(old=False, ids=(…)))   # what fleet/db/writes.py knows of its own statements
    read("SELECT … WHERE contracts_contract.id = $1", pk)        # what the answer to this statement depends on

Read off the statement: a table whose rows are found by `column = $1` depends on that portion, one that is joined by its
primary key on rows that were there, for a new row is pointed at by nobody who was not written himself. Whatever does
not look like that depends on the whole table.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple
from zlib import crc32

from django.apps import apps

from fleet.db.metered.tables import touched

_PORTIONS: Final = 0xFFF
_SOURCE: Final = re.compile(
    r'FROM "(?P<table>\w+)"(?: "(?P<alias>\w+)")?'
    r'(?P<joins>(?: (?:INNER|LEFT OUTER) JOIN "\w+"(?: "\w+")? ON \("\w+"\."\w+" = "\w+"\."\w+"\))*)'
    r'(?: WHERE "(?P<by>\w+)"\."(?P<column>\w+)" = (?P<key>\$1|\("\w+"\."id"\))(?= GROUP BY| ORDER BY|\)|$))?'
)
_JOIN: Final = re.compile(r'JOIN "(\w+)"(?: "(\w+)")? ON \("(\w+)"\."(\w+)" = "(\w+)"\."(\w+)"\)')
_ROOT: Final = re.compile(r'FROM "(\w+)"[^$]* WHERE "\1"\."id" = \$1$')


class Change(NamedTuple):
    """What a statement does to a table: writes rows that were there or only new ones, with these ids in them."""

    old: bool
    ids: tuple[str, ...]


def written(table: str, change: Change | None) -> set[str]:
    """Return the names that change with the commit; of an unknown change None is known."""
    if change is None:
        return {table, f"{table}~", f"{table}!"}
    return {table, *([f"{table}~"] if change.old else []), *map(portion, change.ids)}


def together(one: Change | None, other: Change | None) -> Change | None:
    return Change(one.old or other.old, (*one.ids, *other.ids)) if one and other else None


def portion(key: Any) -> str:
    return f"#{crc32(str(key).encode()) & _PORTIONS:03x}"


def read(statement: str, keys: Sequence[Any] = ()) -> frozenset[str]:
    """Return the names that the answer depends on; `keys` are put into the statement's gaps."""
    names, by_key = _read(statement)
    return names | {portion(keys[0])} if by_key else names


@lru_cache(maxsize=1024)
def _read(statement: str) -> tuple[frozenset[str], bool]:
    root, tables = _ROOT.search(statement), touched(statement).read
    found: dict[str, list[str]] = {table: [] for table in tables}
    for source in _SOURCE.finditer(statement):
        for table, name in _sources(source, root[1] if root else ""):
            found.setdefault(table, []).append(name)
    names: set[str] = set()
    for table, some in found.items():
        names.update(some if len(some) == _mentions(statement, table) else (table,))
    return frozenset(names), any(name.endswith("!") for name in names)


def _sources(source: re.Match[str], root: str) -> Iterable[tuple[str, str]]:
    """Yield the tables of one FROM, each with the name that it is depended on by."""
    first, joins = source["alias"] or source["table"], _JOIN.findall(source["joins"])
    tables = {first: source["table"]} | {alias or table: table for table, alias, *_ in joins}
    by, by_key = source["by"], bool(root) and source["key"] in ("$1", f'("{root}"."id")')
    if by_key and by in tables and source["column"] in links(tables[by]):
        names = {by: f"{tables[by]}!"}
    else:
        names = {first: tables[first]}
    for _ in joins:  # as often as there are joins: each may wait for another one
        for _table, _alias, *on in joins:
            _follow(on, tables, names)
    return ((table, names.get(alias, table)) for alias, table in tables.items())


def _follow(on: Sequence[str], tables: Mapping[str, str], names: dict[str, str]) -> None:
    """Name a table that is joined by its key: when a new row of it is pointed at, the row that points was written."""
    left, left_column, right, right_column = on
    if left in names and right_column == "id":
        names.setdefault(right, f"{tables[right]}~")
    elif right in names and left_column == "id":
        names.setdefault(left, f"{tables[left]}~")


@lru_cache(maxsize=512)
def links(table: str) -> frozenset[str]:
    """Return the columns whose values `Change.ids` tells: the key, and what points at other rows."""
    models = (one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table)
    fields = chain.from_iterable(one._meta.concrete_fields for one in models)
    return frozenset(str(one.column) for one in fields if one.primary_key or one.is_relation)


def _mentions(statement: str, table: str) -> int:
    """Return how often rows of the table are taken; -1 when that is not to be told."""
    sources = len(re.findall(rf'(?:FROM|JOIN) "{table}"', statement))
    columns = len(re.findall(rf'"{table}"\.', statement))
    words = len(re.findall(rf"\b{table}\b", statement))
    return sources if sources + columns == words else -1

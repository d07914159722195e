"""Statements that the server parses and plans once per connection, where the settings let it.

Only the gaps travel as parameters; everything else stands in the text. A plan that is made for any value can use a
partial index only when the condition of the index stands in the text: `external_ref <> ''` proves something,
`external_ref <> $9` does not, and the planner goes through the table. Docs: docs/adr/0048.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

_MARKS: Final = re.compile("%[s%]")


@dataclass(frozen=True)
class Statement:
    """The same text for both kinds of cursors: a gap is `%s` where values are written into it, else `$1`."""

    text: str
    numbered: str

    @cached_property
    def sent(self) -> bytes:
        return self.numbered.encode()


@lru_cache(maxsize=512)
def statement(text: str) -> Statement:
    """Return a statement whose gaps are `%s`; `%%` is a percent sign."""
    pieces = _MARKS.split(text)
    marks = _MARKS.findall(text)
    number, numbered = 0, [pieces[0]]
    for mark, piece in zip(marks, pieces[1:], strict=True):
        number += mark == "%s"
        numbered += (f"${number}" if mark == "%s" else "%", piece)
    return Statement(text, "".join(numbered))


def written_out(connection: Any, sql: str, values: Iterable[tuple[Any, bool]]) -> Statement:
    """Return the statement with every value in its text, but for those that are gaps (value, whether it is one)."""
    given = iter(values)

    def put(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return "%%"
        value, is_gap = next(given)
        return "%s" if is_gap else connection.ops.compose_sql("%s", [value]).replace("%", "%%")

    return statement(_MARKS.sub(put, sql))


def rows(connection: Any, wanted: Statement, params: Sequence[Any]) -> list[Sequence[Any]]:
    """Run the statement and return its rows."""
    if connection.sends_messages:
        (found,) = connection.exchange([(wanted, params)])
        return found  # type: ignore[no-any-return]
    with connection.prepared_cursor() if connection.prepares else connection.cursor() as cursor:
        cursor.execute(wanted.numbered if connection.prepares else wanted.text, params)
        return cursor.fetchall() if cursor.description else []

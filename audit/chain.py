"""The arithmetic of the sealed trail: what is hashed, how seals are linked, and which row is the first bad one.

Nothing here knows a database: the same lines are hashed when a segment is sealed, when the trail is verified in
place, and when an export is verified on another machine.

A line is one entry in its canonical form: the JSON object that `CANONICAL` in audit/segments.py makes of all columns,
encoded in UTF-8, without a line end. It begins with `{"id" : `.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

GENESIS: Final = b"\0" * 32  # what the first seal has instead of a predecessor
_LEAF: Final = struct.Struct(">I32s")  # id as distance from `after_id`, SHA-256 of the row
_ALL: Final = 2**32 - 1
_ID: Final = re.compile(rb'\{"id" : (-?\d+),')


@dataclass(frozen=True)
class Segment:
    """A sealed run of entries: all whose id is above `after_id` and at most `last_id`."""

    number: int
    previous: bytes
    after_id: int
    last_id: int
    entries: int
    first_at: str  # ISO 8601 in UTC, as are the other two
    last_at: str
    sealed_at: str
    rows: bytes  # SHA-256 over the leaves
    digest: bytes
    leaves: bytes | None = field(default=None, repr=False)  # None when retention has removed the rows


@dataclass(frozen=True)
class Break:
    """The first place where the trail is not what was sealed."""

    segment: int
    entry: int | None
    what: str

    def __str__(self) -> str:
        where = f"seal {self.segment}" if self.entry is None else f"entry {self.entry} (seal {self.segment})"
        return f"{where}: {self.what}"


def seal_digest(segment: Segment) -> bytes:
    """Hash everything that a seal says, the seal before it included; what retention notes later is no part of it."""
    said = (
        "fleet seal 1",
        segment.number,
        segment.previous.hex(),
        segment.after_id,
        segment.last_id,
        segment.entries,
        segment.first_at,
        segment.last_at,
        segment.sealed_at,
        segment.rows.hex(),
    )
    return sha256("\n".join(map(str, said)).encode()).digest()


def pack(lines: Sequence[bytes], after_id: int) -> bytes:
    """Return the leaves: id and hash of every row, by which the one that differs is named."""
    return b"".join([_LEAF.pack(((id_of(line) or 0) - after_id) & _ALL, sha256(line).digest()) for line in lines])


def id_of(line: bytes) -> int | None:
    """Return the entry's id; None when the line is none of ours."""
    found = _ID.match(line)
    return int(found.group(1)) if found else None


def link_problem(segment: Segment, before: Segment | None, *, first: int = 1) -> Break | None:
    """Say what is wrong with the seal itself or with its place in a chain that begins with seal `first`."""
    begins = GENESIS if first == 1 else segment.previous
    expected = (before.number + 1, before.last_id, before.digest) if before else (first, segment.after_id, begins)
    if segment.number != expected[0]:
        return Break(expected[0], None, "the seal is missing")
    if segment.after_id != expected[1]:
        return Break(segment.number, None, "it does not begin where the seal before it ends")
    if segment.previous != expected[2]:
        return Break(segment.number, None, "it does not continue the seal before it")
    if seal_digest(segment) != segment.digest:
        return Break(segment.number, None, "the seal was changed")
    return None


def row_problem(segment: Segment, lines: Sequence[bytes]) -> Break | None:
    """Say which row of the segment is the first that is not as it was sealed."""
    if segment.leaves is None:
        return Break(segment.number, id_of(lines[0]), "it was put where retention had removed all") if lines else None
    if sha256(segment.leaves).digest() != segment.rows:
        return Break(segment.number, None, "its list of rows was changed")
    return None if pack(lines, segment.after_id) == segment.leaves else _first_bad(segment, lines)


def _first_bad(segment: Segment, lines: Sequence[bytes]) -> Break | None:
    sealed = list(_leaves(segment))
    known, there = {one for one, _ in sealed}, {id_of(line) for line in lines}
    rows = iter(lines)
    for entry, digest in sealed:
        line = next(rows, None)
        found = None if line is None else id_of(line)
        if line is None or (found != entry and found is not None):
            return _displaced(segment.number, entry, found, known, there)
        if found is None or sha256(line).digest() != digest:
            return Break(segment.number, entry, "it was changed")
    extra = next(rows, None)
    return None if extra is None else Break(segment.number, id_of(extra), "it was inserted after the sealing")


def _displaced(number: int, expected: int, found: int | None, known: set[int], there: set[int | None]) -> Break:
    if expected not in there:
        return Break(number, expected, "it is missing")
    if found not in known:
        return Break(number, found, "it was inserted after the sealing")
    return Break(number, expected, "it is not in its place")


def _leaves(segment: Segment) -> Iterator[tuple[int, bytes]]:
    for distance, digest in _LEAF.iter_unpack(segment.leaves or b""):
        yield segment.after_id + distance, digest

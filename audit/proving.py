"""Proving that the trail is what was sealed, in the database or in an export; one segment in memory at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit import chain, segments
from audit.chain import Break, Segment

type Noted = tuple[int, str]  # a seal's number and the beginning of its digest, kept elsewhere
type Sealed = tuple[Segment, Sequence[bytes]]  # a seal and the lines that lie under it


@dataclass(frozen=True)
class Proof:
    """What was found: everything as sealed up to `head`, or the first break."""

    seals: int
    entries: int
    head: Segment | None
    broken: Break | None


def prove(
    found: Iterable[Sealed],
    *,
    first: int = 1,
    noted: Noted | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Proof:
    """Check seal by seal until the first break; `told` hears how many entries were checked."""
    before: Segment | None = None
    seals = entries = 0
    for segment, lines in found:
        broken = (
            chain.link_problem(segment, before, first=first)
            or _forged(segment, noted)
            or chain.row_problem(segment, lines)
        )
        if broken is not None:
            return Proof(seals, entries, before, broken)
        before, seals, entries = segment, seals + 1, entries + len(lines)
        told(len(lines))
    if noted and (before is None or before.number < noted[0]):
        return Proof(seals, entries, before, Break(noted[0], None, "the seal that was noted elsewhere is missing"))
    return Proof(seals, entries, before, None)


def _forged(segment: Segment, noted: Noted | None) -> Break | None:
    """Compare with what was noted elsewhere: whoever can write everything here can also build a whole new chain."""
    if noted is None or segment.number != noted[0] or segment.digest.hex().startswith(noted[1]):
        return None
    return Break(segment.number, None, "it is not the seal that was noted elsewhere: the chain was rewritten")


def in_place(first: int = 1, last: int | None = None) -> Iterator[Sealed]:
    """Yield what the database holds under each seal; the first seal answers for everything before it as well."""
    for segment in segments.sealed(first):
        if last is not None and segment.number > last:
            return
        yield segment, segments.lines(None if segment.number == 1 else segment.after_id, segment.last_id)

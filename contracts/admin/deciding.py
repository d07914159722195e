"""What becomes of the charges of a return, said before they are written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Decided:
    """What becomes of the charges of a return: `apart` by key, the others as `usual`; and whether the deposit goes."""

    usual: str
    apart: Mapping[str, str]
    why: str
    release_deposit: bool = False

    def of(self, charges: Iterable[Any]) -> tuple[list[UUID], dict[UUID, str]]:
        """Return which are accepted, and which are waived, with the reason."""
        chosen = [(one.pk, self.apart.get(key, self.usual)) for key, one in keyed(charges)]
        waived = {pk: self.why for pk, what in chosen if what == "waive"}
        return [pk for pk, what in chosen if what == "accept"], waived


def keyed(found: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each charge with its key: its kind, and which of that kind it is."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.kind] += 1
        yield f"{one.kind}-{seen[one.kind]}", one

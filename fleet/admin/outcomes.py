"""A step taken for many rows: kept when none was refused, else taken back; either way one knows what it does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import ngettext

from fleet.admin.base import REFUSALS, said
from fleet.errors import DomainError


@dataclass(frozen=True)
class Outcome:
    """What would become of a row, or why nothing would."""

    row: Model
    before: Any
    after: Any = ""
    refusal: str = ""

    @property
    def is_same(self) -> bool:
        return not self.refusal and str(self.before) == str(self.after)


def tried(
    rows: Iterable[Any], act: Callable[[Any], Any], shown: Callable[[Any], Any], *, keep: bool
) -> tuple[list[Outcome], str]:
    """Take the step for every row; keep it only when none was refused. Returns the outcomes, and why not."""
    outcomes: list[Outcome] = []
    try:
        with transaction.atomic():
            outcomes += [_one(row, act, shown) for row in rows]
            refused = sum(1 for one in outcomes if one.refusal)
            if refused or not keep:
                transaction.set_rollback(True)
    except IntegrityError as error:  # what the database looks at only in the end
        return outcomes, said(error)
    why = ngettext(
        "%(n)d row is refused; nothing was changed.", "%(n)d rows are refused; nothing was changed.", refused
    )
    return outcomes, why % {"n": refused} if refused and keep else ""


def _one(row: Any, act: Callable[[Any], Any], shown: Callable[[Any], Any]) -> Outcome:
    before = shown(row)
    try:
        with transaction.atomic():
            act(row)
            return Outcome(row, before, shown(row))
    except REFUSALS as error:
        return Outcome(row, before, refusal=_why(error))


def _why(error: DomainError | IntegrityError) -> str:
    found = error.data.get("refusals") if isinstance(error, DomainError) else None
    return " ".join(one["message"] for one in found) if found else said(error)

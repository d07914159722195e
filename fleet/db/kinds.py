"""Values that a column takes and gives back as they are: nothing has to be asked of Django's field for them.

A booking writes 130 values; for most of them the field does nothing, in five calls.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import models

# Exactly these: who makes a field of his own may prepare its values.
_KINDS: Final[dict[Any, type]] = {
    models.CharField: str,
    models.TextField: str,
    models.UUIDField: UUID,
    models.DateTimeField: datetime,
    models.BooleanField: bool,
    models.DecimalField: Decimal,
}
_SURE: Final = frozenset({str, UUID, bool})  # whatever their value; an instant may lack its zone, a number be none
_POINTING: Final = (models.ForeignKey, models.OneToOneField)
_known: Final[dict[int, type | None]] = {}


def fits(field: Any, value: Any) -> bool:
    """Say whether the value is the same before and after the field has prepared it."""
    if value is None:
        return True
    kind = type(value)
    if kind is not _kind(field):
        return False
    if kind is datetime:
        return value.tzinfo is not None
    return kind is not Decimal or bool(value.is_finite())


def sure_kind(field: Any) -> type | None:
    """Return the type whose every value fits; None when each value has to be looked at."""
    kind = _kind(field)
    return kind if kind in _SURE else None


def _kind(field: Any) -> type | None:
    # By identity: fields live as long as the process, and asking one for its hash is slow.
    try:
        return _known[id(field)]
    except KeyError:
        column = field
        while type(column) in _POINTING:
            column = column.target_field
        return _known.setdefault(id(field), _KINDS.get(type(column)))

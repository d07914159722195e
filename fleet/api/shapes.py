"""The shape of a row in JSON, read in one statement: PostgreSQL writes the texts, nothing becomes a model.

    ROW = Shape(
        ContractRow,                                      # the serializer says which fields, in which order, for whom
        overdue=Computed(("status", "end_at"), overdue),  # what it works out: from these columns, by this function
        lines=Many(lambda: PriceLine.objects.filter(contract=OuterRef("pk")), Shape(LineOutput)),
    )
    plan = ROW.plan(user)                                 # without what the user may not see, which is null
    shown = [plan.show(row, user) for row in queryset.values_list(*plan.columns)]

The serializer stays the one place where fields are declared; a test compares both for every role.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, QuerySet, TextField
from django.db.models.functions import Cast
from rest_framework import serializers

from fleet.api.fields import InstantField, PersonField
from fleet.db.text import Instant

type Maker = Callable[[Sequence[Any], Any], Any]


@dataclass(frozen=True)
class Computed:
    """A field that a function works out from columns: `of(user, *values)`."""

    columns: tuple[Any, ...]  # paths or expressions
    of: Callable[..., Any]


@dataclass(frozen=True)
class Many:
    """Rows that belong to the row: a queryset that refers to it by OuterRef, in the order in which they are shown."""

    rows: Callable[[], QuerySet[Any]]
    shape: "Shape"


@dataclass(frozen=True)
class Masked:
    """What becomes of a shown row for those who may not see all of it: `by(user, shown, *values)`."""

    by: Callable[..., dict[str, Any]]
    columns: tuple[str, ...] = ()


class Shape:
    def __init__(
        self, serializer: type[Any], *, masked: Masked | None = None, **special: "Computed | Many | Shape"
    ) -> None:
        self.serializer, self.masked, self.special = serializer, masked, special
        self.needs: Mapping[str, str] = getattr(serializer, "needs", {})
        below = (one.shape if isinstance(one, Many) else one for one in special.values())
        asked = (one.asked for one in below if isinstance(one, Shape))
        self.asked: frozenset[str] = frozenset(self.needs.values()).union(*asked)
        self._plans: dict[frozenset[str], Plan] = {}

    def plan(self, user: Any) -> "Plan":
        """Return how the row is read and shown for those who may see what the user may see."""
        missing = frozenset(name for name in self.asked if not user.has_perm(name))
        if missing not in self._plans:
            self._plans[missing] = Plan(self, missing)
        return self._plans[missing]


class Plan:
    """Columns to read, and what is made of them."""

    def __init__(self, shape: Shape, missing: frozenset[str], path: str = "") -> None:
        self.columns: list[Any] = []
        self._missing, self._path = missing, path
        hidden = {name for name, permission in shape.needs.items() if permission in missing}
        fields = shape.serializer().fields
        self._fields: list[tuple[str, Any]] = [
            (name, None if name in hidden else self._field(field, shape.special.get(name)))
            for name, field in fields.items()
            if not field.write_only
        ]
        self._mask = shape.masked
        self._mask_from = len(self.columns)
        if shape.masked:
            self.columns += [F(path + column) for column in shape.masked.columns]
        self._mask_to = len(self.columns)
        self.key: Any = dict(self._fields).get("id")  # the place of the id, which only a row that is there has

    def show(self, row: Sequence[Any], user: Any) -> dict[str, Any]:
        shown = {
            name: row[how] if type(how) is int else None if how is None else how(row, user)
            for name, how in self._fields
        }
        if self._mask is None:
            return shown
        return self._mask.by(user, shown, *row[self._mask_from : self._mask_to])

    def _field(self, field: Any, special: Any) -> int | Maker:
        """Return the place of the column that is shown as it is, or how to make the value of a row."""
        if isinstance(special, Computed):
            return self._computed(special)
        if isinstance(special, Many):
            return self._many(special)
        path = self._path + field.source.replace(".", "__")
        if isinstance(field, serializers.Serializer):
            return self._beside(special or Shape(type(field)), path)
        at = self._column(_written(field, path))
        return field.made_from(at) if isinstance(field, PersonField) else at

    def _column(self, expression: Any) -> int:
        self.columns.append(expression)
        return len(self.columns) - 1

    def _computed(self, special: Computed) -> Maker:
        places = [self._column(F(self._path + one) if isinstance(one, str) else one) for one in special.columns]
        return lambda row, user: special.of(user, *(row[at] for at in places))

    def _beside(self, shape: Shape, path: str) -> Maker:
        """Return how to make a row that the row points at; null when it points nowhere."""
        plan = Plan(shape, self._missing, f"{path}__")
        first = len(self.columns)
        self.columns += plan.columns
        last, key = len(self.columns), first + plan.key
        return lambda row, user: None if row[key] is None else plan.show(row[first:last], user)

    def _many(self, special: Many) -> Maker:
        plan = Plan(special.shape, self._missing)
        together = Func(*plan.columns, function="JSONB_BUILD_ARRAY", output_field=JSONField())
        at = self._column(ArraySubquery(special.rows().values(found_row=together)))
        return lambda row, user: [plan.show(one, user) for one in row[at]]


_PLAIN: Final = tuple(getattr(serializers, f"{kind}Field") for kind in ("Boolean", "Integer", "Char", "Choice", "JSON"))
_TEXTS: Final = (serializers.UUIDField, serializers.DecimalField, serializers.DateField)


def _written(field: Any, path: str) -> Any:
    """Return the column as the field represents it. Raises TypeError for one that must be declared as Computed."""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return Cast(F(f"{path}_id"), TextField())
    if isinstance(field, InstantField):
        return Instant(F(path))
    if isinstance(field, _TEXTS):
        return Cast(F(path), TextField())
    if isinstance(field, _PLAIN) and not path.endswith("__"):
        return F(path)
    raise TypeError(f"How is {field!r} read from {path}?")

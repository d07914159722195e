"""What PostgreSQL refused, in the words of the model's constraints."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.constraints import BaseConstraint
from django.db.models.expressions import F
from django.utils.translation import gettext

from fleet.db.constraints import constraint_name
from fleet.errors import DomainError

_BUSY = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "57014",  # query_canceled: statement_timeout
}
_FOREIGN_KEY = "23503"
_UNIQUE = "23505"
_CHECK = "23514"
_NOT_NULL = "23502"


def sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def busy(error: Exception) -> bool:
    """Say whether the same request may succeed when it is sent again."""
    state = sqlstate(error)
    return state in _BUSY or state.startswith(("08", "53", "57P")) or not state


def refusal(error: IntegrityError) -> DomainError:
    """Return what the violated constraint says: 409 for a clash with other rows, 422 for the row itself."""
    state = sqlstate(error)
    constraint = _constraint(constraint_name(error))
    if constraint is not None:
        return _named(constraint)
    if state == _FOREIGN_KEY:
        return DomainError(gettext("Other records point at this one, or what it points at is gone."), code="protected")
    if state == _UNIQUE:
        return _taken(error)
    if state in (_CHECK, _NOT_NULL):
        return DomainError(gettext("A value breaks a rule of the database."), code="invalid", status=422)
    return DomainError(gettext("This clashes with what is already there."), code="conflict")


def _constraint(name: str) -> BaseConstraint | None:
    if not name:
        return None
    everything = (constraint for model in apps.get_models() for constraint in model._meta.constraints)
    return next((constraint for constraint in everything if constraint.name == name), None)


def _named(constraint: BaseConstraint) -> DomainError:
    detail = str(constraint.get_violation_error_message())
    code = constraint.violation_error_code or constraint.name
    names = list(dict.fromkeys(_fields(constraint))) or [""]
    errors = [_entry(name, code, detail) for name in names]
    if isinstance(constraint, (UniqueConstraint, ExclusionConstraint)):
        return DomainError(detail, code=code, errors=errors)
    return DomainError(detail, code="invalid", status=422, errors=errors)


def _fields(constraint: BaseConstraint) -> Iterator[str]:
    if isinstance(constraint, UniqueConstraint):
        yield from constraint.fields
        for expression in constraint.expressions:
            yield from _names(expression)
    elif isinstance(constraint, CheckConstraint):
        yield from _names(constraint.condition)


def _names(expression: object) -> Iterator[str]:
    """Yield the names of the model's fields in a Q or an expression."""
    if isinstance(expression, Q):
        for child in expression.children:
            yield from _names(child)
    elif isinstance(expression, tuple):
        yield expression[0].split("__")[0]
        yield from _names(expression[1])
    elif isinstance(expression, F):
        yield str(vars(expression)["name"]).split("__")[0]
    elif isinstance(expression, models.expressions.BaseExpression):
        for source in expression.get_source_expressions():
            yield from _names(source)


def _entry(name: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/{name}" if name else "", "code": code, "detail": detail}


def _taken(error: IntegrityError) -> DomainError:
    """Return the refusal of `unique=True`, whose constraint has no name of ours: PostgreSQL names the column."""
    diagnosis = getattr(error.__cause__, "diag", None)
    found = re.match(r"Key \((\w+)\)=", getattr(diagnosis, "message_detail", None) or "")
    if not found:
        return DomainError(gettext("There is already such a record."), code="already_exists")
    name, detail = found[1], _message(getattr(diagnosis, "table_name", None) or "", found[1])
    return DomainError(detail, code=f"{name}_taken", errors=[_entry(name, f"{name}_taken", detail)])


def _message(table: str, column: str) -> str:
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    if model is None:
        return gettext("There is already a record with this value.")
    return " ".join(model().unique_error_message(model, (column,)).messages)

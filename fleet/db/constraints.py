"""From a constraint's name to the error that people and programs understand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import Error, IntegrityError, transaction

from fleet.errors import DomainError


def constraint_name(error: Error) -> str:
    """Return the name of the constraint that PostgreSQL says was violated, or an empty text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@contextmanager
def translated(errors: Mapping[str, Callable[[], DomainError]], *, savepoint: bool = True) -> Iterator[None]:
    """Run the block in a savepoint and raise the DomainError that belongs to the violated constraint.

    The savepoint keeps the caller's transaction usable, for who goes on after the refusal or asks the database what to
    say in it; without one the transaction is lost with the block. Constraints that are not named pass through.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except IntegrityError as error:
        build = errors.get(constraint_name(error))
        if build is None:
            raise
        raise build() from error

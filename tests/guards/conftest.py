"""A world that all tests of a module share; what a test does to it is undone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.guards import world


@pytest.fixture(scope="module")
def _planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        world.build()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def planted(_planted: None, db: None) -> None:
    """One row of everything (tests/guards/world.py)."""

"""Everything about cars happens at one moment."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import User
from tests.cars.world import NOW
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> User:
    return UserFactory(role="manager")

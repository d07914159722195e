"""What several tests of contracts begin with."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.factories.contracts import NOW


@pytest.fixture
def clock(settings: Any) -> Iterator[Any]:
    """Stop the clock at NOW, before anything is planned; `clock.move_to()` lets the days fly."""
    settings.SESSION_COOKIE_AGE = 90 * 24 * 3600  # nobody is logged out while they do
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller

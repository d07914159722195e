"""A query whose SQL is made once is made once, also when many ask for it first."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from cars.models import Car
from fleet.db.ready import Ready


def test_threads_that_ask_first_at_the_same_time_get_the_same_query() -> None:
    built: list[Any] = []

    def build(key: Any) -> Any:
        built.append(key)
        time.sleep(0.05)  # all the others arrive meanwhile
        return Car.objects.filter(pk=key).values_list("license_plate")

    ready = Ready(build, key=UUID)
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: ready.told, range(8)))
    assert len(built) == 1
    assert told == [told[0]] * 8

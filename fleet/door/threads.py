"""The upper floor: a bounded number of threads for Django. Who cannot get one in time is told when to come back."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import ceil
from typing import Final

from django.core.cache import caches
from prometheus_client import Counter, Gauge

from fleet.door.places import Full, Places

_THREADS: Final = Gauge(
    "fleet_web_threads", "Threads for Django, and requests that wait for one.", ["state"], multiprocess_mode="livesum"
)
_REFUSED: Final = Counter("fleet_web_refused", "Requests that found no thread, and whether they waited.", ["waited"])
_COUNTED: Final = {True: _REFUSED.labels("yes"), False: _REFUSED.labels("no")}


class Busy(Exception):
    """Every thread is taken for longer than one may wait; `seconds` until it is worth asking again."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Threads:
    """As many threads as the database pool has connections."""

    def __init__(self, count: int) -> None:
        self._places = Places(count)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="django", initializer=_furnish)

    async def run[T](self, work: Callable[[], T], left: Callable[[], None], *, first: bool = False) -> T:
        """Run the work in a thread, in a context of its own, `first` before all that waits.

        Calls `left` when the caller is cancelled. Raises Busy.
        """
        await self._find_free(first=first)
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[T] = loop.create_future()

        def done(result: Callable[[], None]) -> None:
            # Told by the thread and not by the caller: one who is cancelled leaves a thread that is still busy.
            self._places.give_back()
            if not awaited.done():
                result()

        def answer() -> None:
            try:
                result = partial(awaited.set_result, _alone(work))
            except BaseException as error:
                result = partial(awaited.set_exception, error)
            loop.call_soon_threadsafe(done, result)  # one word to the loop: each wakes it up

        self._pool.submit(answer)
        try:
            return await awaited
        except asyncio.CancelledError:
            left()
            raise

    async def _find_free(self, *, first: bool) -> None:
        try:
            await self._places.take(first=first)
        except Full as full:
            _COUNTED[full.waited].inc()
            raise Busy(max(1, ceil(full.seconds))) from full

    def report(self) -> None:
        for state, number in (
            ("all", self._places.count),
            ("busy", self._places.taken),
            ("waiting", self._places.waiting),
        ):
            _THREADS.labels(state).set(number)

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(wait=True)


_own = threading.local()


def _furnish() -> None:
    """Give the thread what its requests share: Django keeps cache clients in context variables."""
    context = contextvars.copy_context()
    context.run(lambda: [caches[alias] for alias in caches])
    _own.context = context


def _alone[T](work: Callable[[], T]) -> T:
    """Run in a copy of the thread's context, so that no request sees what another one has set."""
    copied: contextvars.Context = _own.context.copy()
    return copied.run(work)

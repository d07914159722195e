"""The upper floor: a bounded number of threads for Django. Who finds none free in time is told to come back."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from django.core.cache import caches
from prometheus_client import Counter, Gauge

WAIT: Final = 3.0  # seconds; two more may go by until the pool has a connection
_THREADS: Final = Gauge(
    "fleet_web_threads", "Threads for Django, and requests that wait for one.", ["state"], multiprocess_mode="livesum"
)
_REFUSED: Final = Counter("fleet_web_refused", "Requests that found no thread in time.")


class Busy(Exception):
    """Every thread was taken for as long as one may wait."""


class Threads:
    """As many threads as the database pool has connections."""

    def __init__(self, count: int) -> None:
        self._count, self._busy, self._waiting = count, 0, 0
        self._free = asyncio.Semaphore(count)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="django", initializer=_furnish)

    async def run[T](self, work: Callable[[], T], left: Callable[[], None]) -> T:
        """Run the work in a thread, in a context of its own. Calls `left` when the caller is cancelled. Raises Busy."""
        await self._find_free()
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[T] = loop.create_future()

        def done(result: Callable[[], None]) -> None:
            # Told by the thread and not by the caller: one who is cancelled leaves a thread that is still busy.
            self._release()
            if not awaited.done():
                result()

        def answer() -> None:
            try:
                result = partial(awaited.set_result, _alone(work))
            except BaseException as error:
                result = partial(awaited.set_exception, error)
            loop.call_soon_threadsafe(done, result)  # one word to the loop: each wakes it up

        self._busy += 1
        self._pool.submit(answer)
        try:
            return await awaited
        except asyncio.CancelledError:
            left()
            raise

    async def _find_free(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT):
                await self._free.acquire()
        except TimeoutError as error:
            _REFUSED.inc()
            raise Busy from error
        finally:
            self._waiting -= 1

    def _release(self) -> None:
        self._busy -= 1
        self._free.release()

    def report(self) -> None:
        for state, number in (("all", self._count), ("busy", self._busy), ("waiting", self._waiting)):
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

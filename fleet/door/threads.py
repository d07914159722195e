"""The upper floor: a bounded number of threads for Django. Who finds none free in five seconds is told to come back."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from django.core.cache import caches

WAIT: Final = 5.0  # seconds


class Busy(Exception):
    """Every thread was taken for as long as one may wait."""


class Threads:
    """As many threads as the database pool has connections."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = asyncio.Semaphore(count)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="django", initializer=_furnish)

    async def run[T](self, work: Callable[[], T], left: Callable[[], None]) -> T:
        """Run the work in a thread, in a context of its own. Calls `left` when the caller is cancelled. Raises Busy."""
        if self._free.locked():
            try:
                async with asyncio.timeout(WAIT):
                    await self._free.acquire()
            except TimeoutError as error:
                raise Busy from error
        else:
            await self._free.acquire()
        loop = asyncio.get_running_loop()

        def release(_: Future[T]) -> None:
            loop.call_soon_threadsafe(self._free.release)

        future = self._pool.submit(_alone, work)
        # By the thread and not by the caller: one who is cancelled leaves a thread that is still busy.
        future.add_done_callback(release)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            left()
            raise

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

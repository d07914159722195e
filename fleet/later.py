"""What a server that does not answer is told when it does: a thread keeps trying, and nobody else has to wait.

_later = Later("states", tell, every=0.1)   # tell(items) raises when it could not

if _later.trying or not now_it_works(item):
    _later.add({item})
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Final

_MOST: Final = 2000  # more is forgotten: whoever is told late has another way to find out
_logger = logging.getLogger(__name__)


class Later[T: Hashable]:
    """A set of items and, while it is not empty, a thread that tells them."""

    _lock: threading.Lock
    _items: set[T]
    _since: float | None
    _working: bool

    def __init__(self, name: str, tell: Callable[[set[T]], object], *, every: float) -> None:
        self._name, self._tell, self._every = name, tell, every
        self.forget()
        # A thread does not live on in a forked child, which then must not wait for it.
        os.register_at_fork(after_in_child=self.forget)

    @property
    def trying(self) -> bool:
        return self._since is not None

    def trying_for(self, seconds: float) -> bool:
        """Say whether the server has not answered for so long."""
        since = self._since
        return since is not None and time.monotonic() - since >= seconds

    def add(self, items: Iterable[T]) -> None:
        with self._lock:
            self._items.update(items)
            while len(self._items) > _MOST:
                self._items.pop()
            self._since = self._since or time.monotonic()
            if self._working:
                return
            self._working = True
        threading.Thread(target=self._work, name=f"{self._name}-later", daemon=True).start()

    def _work(self) -> None:
        _logger.warning("%s: away, will be told later", self._name)
        time.sleep(self._every)
        while taken := self._take():
            try:
                self._tell(taken)
            except Exception as error:
                _logger.info("%s: still away: %s", self._name, error)
                with self._lock:
                    self._items |= taken
                    self._since = self._since or time.monotonic()
                time.sleep(self._every)
            else:
                # From now on everybody tells it himself. If they went on leaving it to this thread, which is never done
                # while they do, they would be answered before it is told.
                with self._lock:
                    self._since = None
        _logger.warning("%s: back", self._name)

    def _take(self) -> set[T]:
        """Return what is to be told; nothing ends the work."""
        with self._lock:
            taken, self._items = self._items, set()
            if not taken:
                self._since, self._working = None, False
            return taken

    def forget(self) -> None:
        """Begin anew."""
        self._lock = threading.Lock()
        self._items = set()
        self._since = None
        self._working = False

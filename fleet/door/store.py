"""Answers kept in this process, the least used ones leaving first when they are too many bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Protocol


class Kept(Protocol):
    @property
    def size(self) -> int: ...


_OVERHEAD: Final = 4096  # of one entry: its key with a credential, its head, what it depends on, the dictionary


class Store[K: Hashable, V: Kept]:
    def __init__(self, most: int) -> None:
        self._most, self.size = most, 0
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        self.drop(key)
        if value.size > self._most // 16:
            return
        self._kept[key] = value
        self.size += value.size + _OVERHEAD
        while self.size > self._most:
            _, gone = self._kept.popitem(last=False)
            self.size -= gone.size + _OVERHEAD

    def drop(self, key: K) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self.size -= gone.size + _OVERHEAD

    def clear(self) -> None:
        self._kept.clear()
        self.size = 0

"""A memory of a process that cannot grow without end."""


class Bounded[K, V](dict[K, V]):
    """A dict that is emptied when it is full: whatever it held can be found again."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(key, value)

"""Kept answers stay within their bytes."""

from dataclasses import dataclass

from fleet.door.store import Store

MOST = 64 * 1024


@dataclass(frozen=True)
class Kept:
    size: int


def test_the_least_used_leave_first() -> None:
    store: Store[int, Kept] = Store(MOST)
    for number in range(40):
        store.put(number, Kept(1_000))
        store.get(0)
    assert store.size <= MOST
    assert store.get(0)
    assert store.get(1) is None


def test_what_would_push_out_everything_is_not_kept() -> None:
    store: Store[int, Kept] = Store(MOST)
    store.put(1, Kept(MOST))
    assert (store.get(1), store.size) == (None, 0)


def test_what_is_replaced_or_dropped_gives_its_room_back() -> None:
    store: Store[int, Kept] = Store(MOST)
    store.put(1, Kept(100))
    store.put(1, Kept(200))
    store.drop(1)
    assert (store.size, len(store)) == (0, 0)

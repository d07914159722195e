"""What a server that is away is told when it is back, and that nobody waits for it meanwhile."""

import threading
import time

from fleet.later import Later
from tests.waiting import until


class Server:
    def __init__(self) -> None:
        self.away, self.heard = True, set[str]()

    def tell(self, items: set[str]) -> None:
        if self.away:
            raise ConnectionRefusedError
        self.heard |= items


def test_what_could_not_be_said_is_said_when_the_server_is_back() -> None:
    server = Server()
    later = Later("server", server.tell, every=0.01)
    later.add({"a"})
    later.add({"b"})
    time.sleep(0.05)
    assert later.trying
    assert server.heard == set()
    server.away = False
    until(lambda: not later.trying)
    assert server.heard == {"a", "b"}


def test_one_thread_tries_for_all() -> None:
    server = Server()
    later = Later("lonely", server.tell, every=0.01)
    for number in range(20):
        later.add({str(number)})
    assert [thread.name for thread in threading.enumerate()].count("lonely-later") == 1
    server.away = False
    until(lambda: len(server.heard) == 20)


def test_who_never_pauses_tells_it_himself_once_the_server_is_back() -> None:
    """Under load something new is always there; it must not be left to the thread for ever."""
    server, left = Server(), 0
    later = Later("busy", server.tell, every=0.01)
    later.add({"first"})
    time.sleep(0.05)
    server.away = False
    began = time.monotonic()
    while later.trying:  # as writers ask before they leave something
        later.add({str(left := left + 1)})
        time.sleep(0.001)
        assert time.monotonic() - began < 2
    until(lambda: len(server.heard) == left + 1)


def test_how_long_it_has_been_away_is_known() -> None:
    server = Server()
    later = Later("server", server.tell, every=0.01)
    assert not later.trying_for(0)
    later.add({"a"})
    assert later.trying_for(0)
    assert not later.trying_for(60)
    later.forget()
    assert not later.trying


def test_it_does_not_keep_more_than_it_can_hold() -> None:
    server = Server()
    later = Later("server", server.tell, every=0.05)
    later.add(map(str, range(5000)))
    server.away = False
    until(lambda: not later.trying)
    assert len(server.heard) == 2000

"""The broker is away while tasks are in hand: the worker goes on by itself when it is back (docs/adr/0044)."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kombu import Connection, Consumer, Producer, Queue

from fleet.celery import app
from fleet.local.process import Child
from fleet.queueing import Channel
from tests.door import tasks
from tests.faults.programs import running
from tests.faults.services import Redis
from tests.waiting import until

WORKER = ("-m", "celery", "-A", "tests.door.tasks", "worker", "--concurrency", "2", "-Q", "naps")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    started = Redis(tmp_path)
    yield started
    started.server.child.stop()


@pytest.fixture
def worker(redis: Redis, tmp_path: Path) -> Iterator[Child]:
    broker = {"CELERY_BROKER_URL": redis.server.url}
    with running("worker", *WORKER, *QUIET, log=tmp_path / "worker.log", env=broker) as child:
        yield child


def line_to(redis: Redis) -> Connection:
    return Connection(redis.server.url, transport_options=app.conf.broker_transport_options)


def nap(redis: Redis, mark: Path, seconds: float) -> None:
    with line_to(redis) as line:
        tasks.nap.apply_async((seconds, str(mark)), queue="naps", connection=line)


def said(mark: Path, what: str) -> int:
    return mark.read_text().count(what) if mark.exists() else 0


@pytest.mark.parametrize("how", ["frozen", "stopped"])
def test_what_ends_while_the_broker_is_away_leaves_room_for_more(
    redis: Redis, worker: Child, tmp_path: Path, how: str
) -> None:
    mark = tmp_path / "mark"
    for _ in range(2):
        nap(redis, mark, 2)
    until(lambda: said(mark, "began") == 2)
    redis.take_away(how)
    until(lambda: said(mark, "done") == 2)
    time.sleep(8)  # each of them has tried to say so, and has given up
    redis.give_back()
    nap(redis, mark, 0)
    until(lambda: said(mark, "done") >= 3, 60)
    assert worker.alive


def test_a_line_that_was_lost_with_something_in_hand_can_be_closed(in_hand: Channel) -> None:
    in_hand.connection.client.collect(socket_timeout=1)  # what Celery does first with a lost line
    in_hand.close()
    assert not in_hand.qos._delivered


def test_a_line_that_has_lost_its_address_can_be_closed(in_hand: Channel) -> None:
    in_hand.connection.client._do_close_transport()  # as the first try leaves it when it breaks off
    in_hand.close()
    assert not in_hand.qos._delivered


@pytest.fixture
def in_hand(redis: Redis) -> Channel:
    """Return a channel that has been given something, of a server that has gone since."""
    line, got, queue = line_to(redis), [], Queue("hand")
    channel: Channel = line.channel()
    Producer(channel).publish({}, routing_key="hand", declare=[queue])
    Consumer(channel, [queue], callbacks=[lambda _, message: got.append(message)]).consume()
    until(lambda: got or _drain(line))
    redis.take_away("stopped")
    return channel


def _drain(line: Connection) -> None:
    with suppress(TimeoutError):
        line.drain_events(timeout=0.5)

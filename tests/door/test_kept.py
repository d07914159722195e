"""What the read lane keeps takes as much memory as it counts, whoever asks how often."""

import json
import tracemalloc
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from fleet import cache
from fleet.api import limits
from fleet.db.metered.tables import tables
from fleet.door.exchange import Answer
from fleet.lane import Lane, _key
from fleet.witness import Known, Witness

MANY = 300


def asked(number: int) -> dict[str, Any]:
    """Return a request as gunicorn reads it off the wire: all its bytes are new."""
    heads = {"host": "fleet.example", "accept": "application/json", "x-asked": number, "authorization": "t" * 400}
    return {
        "path": "/api/v1/cars/",
        "raw_path": b"/api/v1/cars/",
        "query_string": f"limit={number}".encode(),
        "scheme": "https",
        "headers": [(name.encode(), str(value).encode()) for name, value in heads.items()],
    }


def answered(number: int) -> Answer:
    heads = {"Content-Type": "application/json", "ETag": f'"{number}"', "Content-Security-Policy": "self " * 60}
    body = json.dumps({"number": number, "text": "x" * 600}).encode()
    return Answer(200, [(name.encode(), value.encode()) for name, value in heads.items()], body)


@pytest.fixture
def lane() -> Lane:
    """Return one that has kept an answer: the addresses are loaded."""
    lane = Lane()
    keep(lane, MANY)
    return lane


def keep(lane: Lane, number: int) -> None:
    read = sorted(tables() - cache.UNTRACKED)[:12]
    who = Known(limits.Caller("user", "1"), limits.policy("user", "100/1m"), user=User(id=UUID(int=1)), auth=None)
    states = {name.encode(): f"1795{number}.550-088b5968b2a8".encode() for name in read}
    lane._keep(asked(number), _key(asked(number)), answered(number), Witness(set(read), caller=who), states)


def test_what_is_kept_is_counted(lane: Lane) -> None:
    tracemalloc.start()
    try:
        for number in range(MANY):
            keep(lane, number)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(lane._store) == MANY + 1
    assert taken < lane._store.size

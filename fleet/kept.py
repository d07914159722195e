"""An answer that the lane keeps, and how it is given again."""

import time
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import Counter

from fleet.api import limits
from fleet.door import Scope, heads
from fleet.door.exchange import Answer
from fleet.observability import request_id

_OF_ONE_REQUEST: Final = frozenset({b"x-request-id", b"ratelimit", b"ratelimit-policy", b"date"})
OUTCOMES: Final = Counter("fleet_lane", "Hot reads, by what became of them.", ["outcome"])
_HIT: Final = OUTCOMES.labels("hit")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, what it was made from, and who is counted for it."""

    status: int
    head: heads.Part
    body: bytes
    question: bytes  # packed for Redis: the states of the tables
    counting: bytes  # and one more request of the caller
    states: tuple[bytes | None, ...]
    renew: float  # by time.time(): from then on the next who asks has it made again, and nobody waits for him
    until: float
    policy: limits.Policy
    user_id: Any
    answered: Any  # metrics of the view, as Django's middleware keeps them
    latency: Any

    @property
    def size(self) -> int:
        return len(self.body)


def replay(scope: Scope, kept: Kept, usage: limits.Usage, began: float) -> Answer:
    claimed = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    own = heads.part(
        ((b"RateLimit", limits.left(usage).encode()), (b"X-Request-Id", request_id.choose(claimed).encode()))
    )
    _HIT.inc()
    kept.answered.inc()
    kept.latency.observe(time.perf_counter() - began)
    return Answer(kept.status, heads.Head(kept.head, own), kept.body, sized=True)


def head(answer: Answer, policy: limits.Policy) -> heads.Part:
    """Return the head of every replay, with the length of the body."""
    kept = [(name, value) for name, value in answer.headers if name.lower() not in _OF_ONE_REQUEST]
    return heads.part([*answer.measured(kept), (b"RateLimit-Policy", limits.granted(policy).encode())])

"""The read lane: hot GETs answered by the event loop, with the bytes that Django gave to the same request.

An answer is replayed to the same credential, address and headers as long as nothing has been written to any table it
was made from, the login included; Redis says so, in the trip that counts the request. Everything else goes to Django,
and so does whatever is refused. docs/adr/0027.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.conf import settings
from prometheus_client import Gauge

from accounts import presence
from fleet import cache, counters, hot
from fleet.api import limits
from fleet.bounded import Bounded
from fleet.db.metered.tables import tables
from fleet.door import Scope
from fleet.door.exchange import Answer
from fleet.door.line import Line
from fleet.door.pulse import pack
from fleet.door.store import Store
from fleet.door.turn import Away
from fleet.kept import OUTCOMES, Kept, head, replay
from fleet.quick import BY_DJANGO, Quick
from fleet.witness import Known, Witness

type Ask = Callable[[Mapping[str, Any], Witness | None], Awaitable[Answer | None]]

# What does not change an answer; every other header is part of the question.
_NOT_ASKED: Final = frozenset({b"x-request-id", b"user-agent", b"connection", b"keep-alive", b"traceparent", b"date"})
_KEPT_STATUSES: Final = frozenset({200, 304})
_COUNTING: Final = 3  # answers to limits.commands
_HERD_SECONDS: Final = 1.0
_RENEWED: Final = 0.8  # of its time
_MOST_CALLERS: Final = 10_000
_CREDENTIALS: Final = frozenset({b"authorization", b"x-api-key", b"x-forwarded-for"})
_AWAY: Final = OUTCOMES.labels("away")  # there from the beginning, so that its first increase is seen
_SIZE: Final = Gauge("fleet_lane_bytes", "Bytes of kept answers.", multiprocess_mode="livesum")


class Counted(NamedTuple):
    """How a credential was counted when it was last good."""

    commands: bytes
    known: Known


class Checked(NamedTuple):
    """What Redis said about a kept answer."""

    usage: limits.Usage
    fresh: bool


class Lane:
    def __init__(self) -> None:
        self._store: Store[tuple[Any, ...], Kept] = Store(settings.LANE_BYTES)
        self._line = Line(settings.CACHES[cache.ALIAS]["LOCATION"], self._forget)
        self._callers: Bounded[tuple[Any, ...], Counted] = Bounded(_MOST_CALLERS)
        self._filling: dict[tuple[Any, ...], asyncio.Future[None]] = {}
        self._quick = Quick()
        self._open = settings.LANE

    def takes(self, scope: Scope) -> bool:
        return self._open and hot.takes(scope["method"], scope["path"])

    def works(self, scope: Scope) -> bool:
        """Say whether somebody wants something done for which `work` knows a short way."""
        return self._open and hot.works(scope["method"], scope["path"])

    def open(self) -> None:
        if self._open:
            self._line.open()
            self._quick.open()

    def close(self) -> None:
        if self._open:
            self._line.close()
            self._quick.close()

    def _forget(self, silent: bool) -> None:  # noqa: FBT001 - told by the line
        self._store.clear()
        self._callers.clear()
        cache.lost()
        if silent:
            counters.missed()

    def report(self) -> None:
        _SIZE.set(self._store.size)

    async def answer(self, scope: Scope, ask: Ask) -> Answer | None:
        """Answer a request that the lane takes from what is kept, or ask Django and keep what it says."""
        if not self._line.trusted:
            _AWAY.inc()
            return await ask({}, None)
        began, key = time.perf_counter(), _key(scope)
        kept = self._usable(key)
        checked = await self._check(kept, count=True) if kept else None
        young = kept is not None and (time.time() < kept.renew or key in self._filling)
        if kept and young and checked and checked.fresh and not checked.usage.exceeded:
            return replay(scope, kept, checked.usage, began)
        return await self._fill(scope, key, ask, checked.usage if checked else None, began)

    async def work(self, scope: Scope, ask: Ask) -> Answer | None:
        """Let Django do something; it is told what it would ask for: who that is, and that he has been counted."""
        if not self._line.trusted:
            return await ask({}, None)
        who, era = _credential(scope), self._line.era
        states, usage = await self._states(who, None, _every())
        witness = Witness(states=states)
        answer = await ask({} if usage is None else {limits.USAGE: usage}, witness)
        if witness.caller is None:
            self._callers.pop(who, None)
        elif self._line.era == era:
            self._callers[who] = Counted(_counting(witness.caller.caller, witness.caller.policy), witness.caller)
        return answer

    def _usable(self, key: tuple[Any, ...]) -> Kept | None:
        kept = self._store.get(key)
        if kept is not None and kept.until <= time.time():
            self._store.drop(key)
            return None
        return kept

    async def _check(self, kept: Kept, *, count: bool) -> Checked | None:
        """Count the request and compare states, in one trip; None when Redis does not answer."""
        asked, answers = b"", 0
        if count:
            seen = presence.commands(kept.user_id, time.time())
            asked = kept.counting + b"".join(map(pack, seen)) if seen else kept.counting
            answers = _COUNTING + len(seen)
        try:
            states, *counted = await self._line.ask(asked, answers, shared=kept.question)
        except Away:
            return None
        if any(isinstance(one, Exception) for one in (states, *counted)):
            return None
        usage = limits.usage(kept.policy, counted[:_COUNTING]) if count else limits.Usage(kept.policy, 0, 0)
        return Checked(usage, tuple(states) == kept.states)

    async def _fill(
        self, scope: Scope, key: tuple[Any, ...], ask: Ask, usage: limits.Usage | None, began: float
    ) -> Answer | None:
        """Let one request ask Django; the others of its kind wait for it a little, then look again."""
        other = self._filling.get(key)
        if other is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(other), _HERD_SECONDS)
            return await self._look_again(scope, key, ask, usage, began)
        mine = self._filling[key] = asyncio.get_running_loop().create_future()
        try:
            OUTCOMES.labels("miss" if usage is None else "stale").inc()
            era = self._line.era
            answer, witness = await self._witnessed(scope, ask, usage)
            if answer is not None and witness.states is not None and self._line.trusted and self._line.era == era:
                self._keep(scope, key, answer, witness, witness.states)
            return answer
        finally:
            del self._filling[key]
            mine.set_result(None)

    async def _look_again(
        self, scope: Scope, key: tuple[Any, ...], ask: Ask, usage: limits.Usage | None, began: float
    ) -> Answer | None:
        kept = self._usable(key)
        checked = await self._check(kept, count=usage is None) if kept else None
        if checked is not None and usage is None:
            usage = checked.usage
        if kept and checked and checked.fresh and usage and not usage.exceeded:
            return replay(scope, kept, usage, began)
        OUTCOMES.labels("herd").inc()
        return (await self._witnessed(scope, ask, usage))[0]

    async def _witnessed(self, scope: Scope, ask: Ask, usage: limits.Usage | None) -> tuple[Answer | None, Witness]:
        """Ask Django, which is told the states from before the database is asked."""
        who, era = _credential(scope), self._line.era
        known = self._callers.get(who)
        wanted = self._quick.wanted(scope, known.known) if known else None
        if wanted:
            states, usage = await self._states(who, usage, wanted.fields)
            witness = Witness(states=states)
            if states and usage and (answer := await self._quick.answer(scope, wanted, usage, witness)):
                return answer, witness
        states, usage = await self._states(who, usage, _every())
        witness = Witness(states=states)
        BY_DJANGO.inc()
        answer = await ask({} if usage is None else {limits.USAGE: usage}, witness)
        if self._line.era == era:
            self._remember(scope, who, answer, witness)
        return answer, witness

    async def _states(
        self, who: tuple[Any, ...], usage: limits.Usage | None, fields: tuple[str, ...]
    ) -> tuple[dict[bytes, bytes | None] | None, limits.Usage | None]:
        """Return these states, None when Redis does not answer, and count who is known and not counted yet.

        A forgotten epoch is begun anew.
        """
        known = self._callers.get(who) if usage is None else None
        asked, answers = _asking(fields), 2
        if known:
            seen = presence.commands(known.known.user.pk, time.time())
            asked += known.commands + b"".join(map(pack, seen))
            answers += _COUNTING + len(seen)
        begin = pack(("HSETNX", cache.HASH, cache.EPOCH, cache.state()))
        try:
            _, found, *counted = await self._line.ask(begin + asked, answers)
        except Away:
            return None, usage
        if any(isinstance(one, Exception) for one in (found, *counted)):
            return None, usage
        if known:
            usage = limits.usage(known.known.policy, counted[:_COUNTING])
        return dict(zip((name.encode() for name in fields), found, strict=True)), usage

    def _remember(self, scope: Scope, who: tuple[Any, ...], answer: Answer | None, witness: Witness) -> None:
        """Note how to count the credential next time; one that was refused is counted by Django, for its address."""
        if answer is None or answer.status not in _KEPT_STATUSES or witness.caller is None:
            self._callers.pop(who, None)
            return
        self._callers[who] = Counted(_counting(witness.caller.caller, witness.caller.policy), witness.caller)
        self._quick.learn(scope, answer)

    def _keep(
        self, scope: Scope, key: tuple[Any, ...], answer: Answer, witness: Witness, states: Mapping[bytes, bytes | None]
    ) -> None:
        private = any(name.lower() == b"set-cookie" for name, _ in answer.headers)
        if answer.status not in _KEPT_STATUSES or private or not witness.clean or witness.tables & cache.UNTRACKED:
            return
        fields = (cache.EPOCH, *sorted(witness.tables))
        answered, latency = hot.metrics(str(answer.status), hot.view_of(scope["path"]))
        who = witness.caller
        if who is None:
            return
        now, longest = time.time(), cache.LONGEST.total_seconds()
        until = now + longest
        if witness.until is not None:
            until = min(until, witness.until.timestamp())
        self._store.put(
            key,
            Kept(
                status=answer.status,
                head=head(answer, who.policy),
                body=answer.body,
                question=_asking(fields),
                states=tuple(states.get(name.encode()) for name in fields),
                renew=now + longest * _RENEWED,
                until=until,
                counting=_counting(who.caller, who.policy),
                policy=who.policy,
                user_id=who.user.pk,
                answered=answered,
                latency=latency,
            ),
        )


@lru_cache(maxsize=4096)
def _counting(caller: limits.Caller, policy: limits.Policy) -> bytes:
    return b"".join(map(pack, limits.commands(caller, policy)))


@lru_cache(maxsize=1)
def _every() -> tuple[str, ...]:
    """Return the fields of whole tables: what Django reads is known by tables."""
    return (cache.EPOCH, *sorted(tables()))


@lru_cache(maxsize=4096)
def _asking(fields: tuple[str, ...]) -> bytes:
    return pack(("HMGET", cache.HASH, *fields))


def _key(scope: Scope) -> tuple[Any, ...]:
    """Return everything that an answer may depend on besides the database: the same question has the same key."""
    headers = tuple(pair for pair in scope["headers"] if pair[0] not in _NOT_ASKED)
    client = scope.get("client")
    return scope["raw_path"], scope["query_string"], scope["scheme"], client[0] if client else "", headers


def _credential(scope: Scope) -> tuple[Any, ...]:
    client = scope.get("client")
    return client[0] if client else "", *(pair for pair in scope["headers"] if pair[0] in _CREDENTIALS)

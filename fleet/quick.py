"""Hot reads that are not kept, answered by the event loop: one statement, no thread, not Django's handler.

Only what Django has answered before for the same credential and headers goes this way, for another row or again: the
credential is known to be good (its tables have the states from before it was read), the view's permissions are asked
anew, the SQL is made already, and the headers are those that Django gave, but for what belongs to one answer. Whatever
is new, refused, missing or broken is Django's. docs/adr/0058.
"""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from prometheus_client import Counter

from fleet import cache, compression, hot, witness
from fleet.api import etags, limits, reading
from fleet.api.pagination import link
from fleet.api.renderers import FleetJSONRenderer
from fleet.asked import Asker, Route, question_of, route_of
from fleet.bounded import Bounded
from fleet.db import regions
from fleet.door import Scope
from fleet.door.backend import Away
from fleet.door.exchange import Answer, Headers
from fleet.door.rows import Rows
from fleet.observability import request_id
from fleet.witness import Known, Witness

# What the views and the layers before them read of a request; a test asks both floors with many others.
_READ: Final = frozenset(
    {
        *(b"host", b"accept", b"accept-encoding", b"accept-language", b"cookie", b"origin", b"forwarded"),
        *(b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port"),
    }
)
_NOT_HERE: Final = frozenset({b"if-none-match", b"if-match", b"content-length", b"transfer-encoding", b"range"})
_OF_ONE_ANSWER: Final = frozenset(
    {b"etag", b"link", b"content-length", b"content-encoding", b"x-request-id", b"ratelimit", b"ratelimit-policy"}
)
_RENDERER: Final = FleetJSONRenderer()
_FILLED: Final = Counter("fleet_lane_filled", "Hot reads that were not kept, by who has answered them.", ["by"])
_HERE, BY_DJANGO = _FILLED.labels("event_loop"), _FILLED.labels("django")
_logger = logging.getLogger(__name__)


class _Draft(NamedTuple):
    """What Django said around an answer of the same kind."""

    headers: Headers
    link: str


class Wanted(NamedTuple):
    """A question that may be asked here if the states of these fields (the epoch first) are as they were."""

    who: Known
    route: Route
    asked: reading.Question
    values: Sequence[bytes]
    fields: tuple[str, ...]


class Quick:
    def __init__(self) -> None:
        self._rows = Rows(connect, settings.HOT_CONNECTIONS)
        self._drafts: Bounded[tuple[Any, ...], _Draft] = Bounded(2048)

    def open(self) -> None:
        self._rows.open()

    def close(self) -> None:
        self._rows.close()

    def wanted(self, scope: Scope, who: Known) -> Wanted | None:
        """Return what to ask the database for, as far as that is known and allowed."""
        route = route_of(scope["path"])
        if route is None or any(_not_here(name, value) for name, value in scope["headers"]):
            return None
        try:
            asked = question_of(route, Asker(who.user, who.auth), scope)
        except Exception as refused:  # and Django says so
            _logger.debug("left to Django: %s", refused)
            return None
        if asked is None:
            return None
        values = asked.ready.params(asked.values)
        names = who.tables | regions.read(asked.ready.statement.numbered, values)
        return Wanted(who, route, asked, [str(value).encode() for value in values], (cache.EPOCH, *sorted(names)))

    async def answer(self, scope: Scope, wanted: Wanted, usage: limits.Usage, seen: Witness) -> Answer | None:
        """Return what Django would answer, None when only Django can tell."""
        began, who, route, asked = time.perf_counter(), wanted.who, wanted.route, wanted.asked
        if usage.exceeded or usage.policy != who.policy or not _still_good(who, seen):
            return None
        seen.tables |= set(wanted.fields[1:])
        seen.caller = who
        try:
            rows = await self._rows.ask(asked.ready.statement.numbered, wanted.values)
            with witness.watching(seen):
                witness.until(who.until)
                answer = self._written(scope, route, asked, rows, usage) if rows or route.action == "list" else None
        except Away:
            answer = None
        except Exception:  # Django meets it too, and knows what to say
            _logger.warning("%s could not be answered by the event loop", route.name, exc_info=True)
            answer = None
        if answer is None:
            seen.forget()
            return None
        _HERE.inc()
        hot.count("200", route.name, time.perf_counter() - began)
        return answer

    def learn(self, scope: Scope, answer: Answer) -> None:
        """Remember the headers of an answer of Django's."""
        route = route_of(scope["path"])
        if answer.status != 200 or route is None:
            return
        headers = {name.lower(): value for name, value in answer.headers}
        large = b"accept-encoding" in headers.get(b"vary", b"").lower()
        next_page = headers.get(b"link", b"").decode("latin-1").removeprefix("<").partition(">")[0]
        key = self._kind(scope, route, large=large, linked=bool(next_page))
        kept = [(name, value) for name, value in answer.headers if name.lower() not in _OF_ONE_ANSWER]
        self._drafts[key] = _Draft(kept, next_page)

    def _kind(self, scope: Scope, route: Route, *, large: bool, linked: bool) -> tuple[Any, ...]:
        """Return everything that the other headers of an answer may depend on."""
        read = tuple(pair for pair in scope["headers"] if pair[0] in _READ)
        address = (scope["raw_path"], scope["query_string"]) if route.action == "list" else ()
        return route.name, address, scope["scheme"], read, large, linked

    def _written(
        self, scope: Scope, route: Route, asked: reading.Question, rows: Any, usage: limits.Usage
    ) -> Answer | None:
        shown = asked.shown(asked.ready.read(rows))
        body = _RENDERER.render(shown)
        cursor = shown["next_cursor"] if route.action == "list" else None
        draft = self._drafts.get(
            self._kind(scope, route, large=len(body) >= compression.LEAST, linked=cursor is not None)
        )
        if draft is None:
            return None
        own: dict[str, str] = {}
        if route.action == "retrieve":
            own["ETag"] = etags.tag_of(shown["version"], body)
        if cursor is not None:
            own["Link"] = link(draft.link, cursor)
        body = _compressed(scope, body, own)
        own |= {"Content-Length": str(len(body)), **limits.headers(usage)}
        own["X-Request-Id"] = request_id.choose(_header(scope, b"x-request-id"))
        added = [(name.encode(), value.encode("latin-1")) for name, value in own.items()]
        return Answer(200, [*draft.headers, *added], body, sized=True)


def connect() -> Any:
    """Open a connection as the pool does, beside it: threads and the event loop do not wait for each other."""
    wrapper: Any = connections.create_connection(DEFAULT_DB_ALIAS)
    raw = wrapper.Database.connect(**wrapper.get_connection_params() | {"autocommit": True})
    wrapper._configure_connection(raw)
    return raw


def _not_here(name: bytes, value: bytes) -> bool:
    """Say whether the header asks for more; a parameter of a media type may want lines that are indented."""
    return name in _NOT_HERE or (name == b"accept" and b";" in value)


def _still_good(who: Known, seen: Witness) -> bool:
    """Say whether nothing has been written to the tables of the credential since before it was read."""
    if seen.states is None or (who.until is not None and who.until <= datetime.now(UTC)):
        return False
    return tuple(map(seen.states.get, who.fields)) == who.states


def _compressed(scope: Scope, body: bytes, own: dict[str, str]) -> bytes:
    coding = len(body) >= compression.LEAST and compression.chosen(
        _header(scope, b"accept-encoding"), compression.CODINGS
    )
    small = compression.whole(body, coding) if coding else body
    if not coding or len(small) >= len(body):
        return body
    own["Content-Encoding"] = coding
    if "ETag" in own:
        own["ETag"] = compression.tag_of(own["ETag"], coding)
    return small


def _header(scope: Scope, wanted: bytes) -> str:
    return b",".join(value for name, value in scope["headers"] if name == wanted).decode("latin-1")

"""The rate limit of the API's views. Without Redis nothing is limited: what must hold then too is in PostgreSQL."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.exceptions import Ratelimited

from fleet import cache, counters, witness
from fleet.actor import client_ip
from fleet.api import limits


class TooManyRequests(Ratelimited):  # type: ignore[misc]
    def __init__(self, used: limits.Usage) -> None:
        super().__init__()
        self.headers = limits.headers(used)


def count(request: Any) -> limits.Usage | None:
    """Count the request for whoever proved to be behind it. Raises TooManyRequests."""
    if request.auth is None:
        return _count(limits.stranger(client_ip(request._request)))
    caller = request.auth.caller()
    granted = limits.policy_of(caller, settings.FLEET_RATES)
    if watcher := witness.current():
        watcher.caller = _known(watcher, caller, granted, request)
    already: limits.Usage | None = request.META.get(limits.USAGE)
    if already is not None and already.policy == granted:  # the read lane has counted it
        return _within(already)
    return _asked(caller, granted)


def _known(watcher: witness.Witness, caller: limits.Caller, granted: limits.Policy, request: Any) -> witness.Known:
    """Note what proves the credential: nothing else has been read by now."""
    fields = cache.fields(watcher.tables)
    states = tuple(map((watcher.states or {}).get, fields))
    tables = frozenset(watcher.tables)
    return witness.Known(caller, granted, request.user, request.auth, tables, fields, states, watcher.until)


def count_stranger(request: Any) -> limits.Usage | None:
    """Count a request whose credential is no good for its address. Raises TooManyRequests."""
    return _count(limits.stranger(client_ip(request._request)))


def count_for(request: HttpRequest, tier: str) -> None:
    """Count against a narrower tier of its own, for what costs more than an answer. Raises TooManyRequests."""
    caller = limits.stranger(client_ip(request))
    _asked(caller, limits.policy(tier, settings.FLEET_RATES[tier]))


def _count(caller: limits.Caller) -> limits.Usage | None:
    return _asked(caller, limits.policy_of(caller, settings.FLEET_RATES))


def _asked(caller: limits.Caller, granted: limits.Policy) -> limits.Usage | None:
    answers = counters.ask(limits.commands(caller, granted))
    if answers is None:
        return None
    return _within(limits.usage(granted, answers))


def _within(used: limits.Usage) -> limits.Usage:
    if used.exceeded:
        raise TooManyRequests(used)
    return used

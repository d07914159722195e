"""How often who may ask. Pure functions: every floor that answers requests counts with these.

    caller = limits.stranger(address)                   # or request.auth.caller() of a key or a log-in
    policy = limits.policy_of(caller, settings.FLEET_RATES)
    answers = …send limits.commands(caller, policy) to Redis, all three in one trip…
    used = limits.usage(policy, answers)                # used.exceeded → 429
    headers = limits.headers(used)                      # also of the answers that are let through

The window begins with the first request and ends `window` seconds later, by the clock of Redis alone. INCR counts
exactly, however many ask at once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from math import ceil
from typing import Any, Final

from fleet.counters import Command

USAGE: Final = "fleet.usage"  # of a request's environ: it is counted already
_RATE: Final = re.compile(r"(\d+)/(\d*)([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NETWORK: Final = {4: 32, 6: 64}  # an IPv6 customer has a whole /64 to choose addresses from


@dataclass(frozen=True)
class Caller:
    """Who is counted: one address, one account or one key."""

    kind: str  # anonymous | user | key
    id: str
    names: tuple[str, ...] = ()  # of more special tiers: the roles of a user, the prefix of a key


@dataclass(frozen=True)
class Policy:
    """So many requests in so many seconds, and the tier that grants them."""

    tier: str
    quota: int
    window: int


@dataclass(frozen=True)
class Usage:
    """What Redis said: how many requests the window has seen, and how long it lasts."""

    policy: Policy
    used: int
    seconds_left: int

    @property
    def remaining(self) -> int:
        return max(0, self.policy.quota - self.used)

    @property
    def exceeded(self) -> bool:
        return self.used > self.policy.quota


def stranger(address: str | None) -> Caller:
    """Return the caller behind an address, for requests without a good credential."""
    return Caller("anonymous", network(address) if address else "unknown")


def network(address: str) -> str:
    """Return what one customer of a provider holds: an IPv4 address, the /64 of an IPv6 address."""
    bits = _NETWORK[6 if ":" in address else 4]
    return str(ip_network(f"{address}/{bits}", strict=False).network_address)


@lru_cache(maxsize=256)
def policy(tier: str, rate: str) -> Policy:
    """Read a rate such as `100/15m`. Raises ValueError."""
    found = _RATE.fullmatch(rate.strip())
    if found is None or int(found[1]) < 1 or int(found[2] or 1) < 1:
        raise ValueError(f"{rate!r} is not a rate such as 100/15m")
    return Policy(tier, int(found[1]), int(found[2] or 1) * _SECONDS[found[3]])


def policy_of(caller: Caller, rates: Mapping[str, str]) -> Policy:
    """Return the most generous tier of the caller's names (`user:manager`, `key:3f9c0a12b4de`), else of its kind."""
    named = (f"{caller.kind}:{name}" for name in caller.names)
    special = [policy(tier, rates[tier]) for tier in named if tier in rates]
    return max(special, key=lambda one: one.quota / one.window, default=policy(caller.kind, rates[caller.kind]))


def commands(caller: Caller, granted: Policy) -> tuple[Command, ...]:
    """Return what to ask Redis; a counter that lost its end gets a new one with the next request."""
    counter = f"rate:{granted.tier}:{caller.kind}:{caller.id}"
    return ("INCR", counter), ("EXPIRE", counter, granted.window, "NX"), ("PTTL", counter)


def usage(granted: Policy, answers: Sequence[Any]) -> Usage:
    counted, _, milliseconds = answers
    return Usage(granted, int(counted), max(1, ceil(int(milliseconds) / 1000)))


def headers(used: Usage) -> dict[str, str]:
    """Return draft-ietf-httpapi-ratelimit-headers-09, with Retry-After where the request is refused."""
    found = {"RateLimit-Policy": granted(used.policy), "RateLimit": left(used)}
    return {**found, "Retry-After": str(used.seconds_left)} if used.exceeded else found


def granted(by: Policy) -> str:
    """Return the value of `RateLimit-Policy`."""
    return f'"{_name(by)}";q={by.quota};w={by.window}'


def left(used: Usage) -> str:
    """Return the value of `RateLimit`."""
    return f'"{_name(used.policy)}";r={used.remaining};t={used.seconds_left}'


def _name(by: Policy) -> str:
    return by.tier.replace(":", "-")

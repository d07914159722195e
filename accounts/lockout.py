"""Five wrong log-ins in fifteen minutes lock the account and the address, for every door alike.

In PostgreSQL and not in Redis: the lock holds without Redis too. Attempts on one account, or from one address, queue
up behind an advisory lock, so that of a thousand at once exactly five passwords are looked at; the rest is refused
without. A log-in that succeeds counts nowhere and clears its account; what was wrong on that account alone is forgiven
its address too, for the whole branch sits behind one.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts.errors import LoginLocked
from accounts.models import WrongLogins
from fleet import trail
from fleet.api.limits import network
from fleet.errors import DomainError

FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Wrong:
    """What an attempt returns instead of its outcome: it counts, and then this is raised."""

    why: DomainError


def guarded[T](username: str, address: str | None, attempt: Callable[[], T | Wrong], *, now: datetime) -> T:
    """Run the attempt unless account or address is locked. Raises LoginLocked, and what a Wrong holds."""
    subjects = _subjects(username, address)
    _refuse_locked(subjects, now)  # without queueing: whoever hammers a locked account occupies nobody
    with transaction.atomic():
        _queue(subjects)
        _refuse_locked(subjects, now)
        outcome = attempt()
        if isinstance(outcome, Wrong):
            _count(subjects, now)
            if address:
                _tally(_both(*subjects), now)
    if isinstance(outcome, Wrong):  # raised outside, where it cannot take back what was counted
        raise outcome.why
    return outcome


def is_locked(username: str, *, now: datetime) -> bool:
    return _locked_until(_subjects(username, None), now) is not None


def clear(username: str) -> None:
    """Forget the wrong log-ins of an account: it has logged in, or an administrator or a new password opened it."""
    (account,) = _subjects(username, None)
    tallies = WrongLogins.objects.filter(subject__startswith=_both(account, ""))
    with transaction.atomic():
        for tally in tallies:
            address = f"address:{tally.subject.rpartition('@')[2]}"
            _queue([address])
            for counted in WrongLogins.objects.filter(subject=address):
                counted.failures = max(counted.failures - tally.failures, 0)
                counted.save()
        tallies.delete()
        WrongLogins.objects.filter(subject=account).delete()


def purge(*, now: datetime) -> int:
    """Delete what counts no more; returns how many."""
    return WrongLogins.objects.filter(ends_at__lte=now).delete()[0]


def _subjects(username: str, address: str | None) -> list[str]:
    # People type passwords into the field for the name: what was typed is not kept in clear.
    name = username.strip().casefold()
    account = salted_hmac("accounts.lockout", name, algorithm="sha256").hexdigest()[:40]
    return [f"account:{account}", *([f"address:{network(address)}"] if address else [])]


def _both(account: str, address: str) -> str:
    """Return under which name the wrong log-ins of this account from this address are told apart."""
    return f"both:{account.partition(':')[2][:24]}@{address.partition(':')[2]}"


def _refuse_locked(subjects: Sequence[str], now: datetime) -> None:
    until = _locked_until(subjects, now)
    if until is not None:
        raise LoginLocked(ceil((until - now).total_seconds()))


def _locked_until(subjects: Sequence[str], now: datetime) -> datetime | None:
    locked = WrongLogins.objects.filter(subject__in=subjects, failures__gte=FAILURES, ends_at__gt=now)
    return max(locked.values_list("ends_at", flat=True), default=None)


def _queue(subjects: Sequence[str]) -> None:
    """Wait for other attempts on the same; in one order, so that two never wait for each other."""
    numbers = sorted(int.from_bytes(hashlib.sha256(one.encode()).digest()[:8], signed=True) for one in subjects)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(one) FROM unnest(%s::bigint[]) AS one", [numbers])


def _count(subjects: Sequence[str], now: datetime) -> None:
    for subject in subjects:
        row = _one_more(subject, now)
        if row.failures == 1 or row.failures == FAILURES:
            row.ends_at = now + WINDOW
        row.save()
        if row.failures == FAILURES:
            trail.record("login_locked", subject=subject.partition(":")[0], minutes=int(WINDOW.total_seconds()) // 60)


def _tally(subject: str, now: datetime) -> None:
    """Count what clear() takes off the address again; it never locks by itself."""
    row = _one_more(subject, now)
    row.ends_at = now + WINDOW
    row.save()


def _one_more(subject: str, now: datetime) -> WrongLogins:
    row = WrongLogins.objects.filter(subject=subject, ends_at__gt=now).first() or WrongLogins(subject=subject)
    row.failures += 1
    return row

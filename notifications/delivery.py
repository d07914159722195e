"""Sending what waits: claim, talk, mark. The network is only talked to between two transactions.

A letter is claimed by a conditional UPDATE and belongs to one worker for a lease, measured by the database's clock. A
worker that is killed leaves its letters claimed; when the lease is over somebody else takes them. Only a kill between
the server's "250 OK" and our mark sends a letter twice, with the same Message-ID; `repeats` counts how often that may
have happened: once per kill, to the one letter that was in hand.
"""

import logging
import random
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import mailers
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from fleet.actor import verb
from fleet.errors import DomainError
from notifications import mail, notices
from notifications.catalogue import KINDS
from notifications.letters import message
from notifications.models import Email
from notifications.models.email import MOST_TRIES

logger = logging.getLogger(__name__)
BATCH: Final = 20
FIRST_WAIT: Final = timedelta(seconds=30)  # then doubled: the eighth try comes after about an hour
AGAIN: Final = timedelta(seconds=10)  # when it was the server and not the letter
_S = Email.Status
_NO_CONVERSATION = (
    smtplib.SMTPConnectError,
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
_CLOSING: Final = 421  # "service not available, closing the channel", whatever it was an answer to


class NotGivenUp(DomainError):
    code = "not_given_up"
    detail = _("Only an e-mail that was given up can be sent again.")


@dataclass
class Outcome:
    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    unreachable: bool = False  # the server could not be reached, or went away


def deliver(*, now: datetime, most: int | None = None) -> Outcome:
    """Send everything that is due, batch after batch. An unreachable server ends the run and costs no letter a try."""
    outcome = Outcome()
    recover()
    while most is None or outcome.sent + outcome.postponed + outcome.given_up < most:
        batch = claim(BATCH if most is None else min(BATCH, most), now=now)
        if not batch or not _send_all(batch, outcome, now=now):
            break
    return outcome


def claim(count: int, *, now: datetime) -> list[Email]:
    """Take up to so many letters for this worker alone."""
    token = uuid4()
    with transaction.atomic():
        waiting = Email.objects.due(now).select_for_update(skip_locked=True, no_key=True)
        ids = list(waiting.values_list("pk", flat=True)[:count])
        Email.objects.filter(pk__in=ids).update(
            status=_S.SENDING,
            claim=token,
            claimed_at=Now(),  # not `now`, which may be any day: a lease is real time
            attempts=F("attempts") + 1,
        )
    return list(Email.objects.filter(claim=token, status=_S.SENDING).order_by("next_try_at", "id")) if ids else []


def recover() -> int:
    """Put back what dead workers had claimed; returns how many letters.

    A batch is sent in order: of a dead worker's, the server can have the first and no other. So each is put back
    whole, by one of us: whoever comes second waits for the lock and finds nothing left.
    """
    with transaction.atomic():
        lost = Email.objects.lost(lease()).select_for_update(no_key=True).values_list("pk", "claim", named=True)
        found = list(lost)
        in_hand = {row.claim: row.pk for row in reversed(found)}.values()
        Email.objects.filter(pk__in=in_hand).update(repeats=F("repeats") + 1)
        Email.objects.filter(pk__in=[row.pk for row in found]).update(status=_S.QUEUED, claim=None, claimed_at=None)
    return len(found)


def lease() -> timedelta:
    return timedelta(seconds=settings.MAIL_LEASE_SECONDS)


@verb
def retry(email_id: UUID, *, by: Any, now: datetime) -> Email:
    """Try a letter again that was given up. Raises NotGivenUp."""
    changed = Email.objects.filter(pk=email_id, status=_S.FAILED).update(
        status=_S.QUEUED, attempts=0, next_try_at=now, last_error=""
    )
    if not changed:
        raise NotGivenUp
    mail.wake()
    return Email.objects.get(pk=email_id)


def _send_all(batch: list[Email], outcome: Outcome, *, now: datetime) -> bool:
    """Send a batch over one connection; False when the server cannot be reached or went away."""
    until = timezone.now() + lease() / 2  # past this the rest could be somebody else's
    try:
        with _connection() as connection:
            while batch and timezone.now() < until:
                _send(connection, batch.pop(0), outcome, now=now)
    except OSError as error:
        logger.warning("the mail server cannot be reached: %s", type(error).__name__)
        _put_back(batch, now + AGAIN * random.uniform(0.75, 1.25), error)  # noqa: S311 - jitter, no secret
        outcome.postponed += len(batch)
        outcome.unreachable = True
        return False
    _put_back(batch, now, None)
    return True


@contextmanager
def _connection() -> Iterator[Any]:
    connection: Any = mailers["default"]
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def _send(connection: Any, email: Email, outcome: Outcome, *, now: datetime) -> None:
    """Send one letter. Raises OSError when the conversation is over."""
    try:
        connection.send_messages([message(email, now=now)])
    except Exception as error:
        # A refused address, or a template that fails, is this letter's trouble and not the others'. A server that
        # hangs up or falls silent in the midst of a letter counts against it too: one that makes the server stumble
        # would hold the others up for ever.
        ended = _is_unreachable(error)
        _failed(email, error, outcome, now=now, perhaps_sent=ended and not _codes(error))
        if ended:
            raise
    else:
        _mark(email, status=_S.SENT, sent_at=timezone.now(), last_error="")
        outcome.sent += 1


def _is_unreachable(error: Exception) -> bool:
    """Say whether the server is the trouble and not the letter; every SMTPException is an OSError too."""
    if _CLOSING in _codes(error):
        return True
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, _NO_CONVERSATION)
    return isinstance(error, OSError)


def _failed(email: Email, error: Exception, outcome: Outcome, *, now: datetime, perhaps_sent: bool) -> None:
    final = email.attempts >= MOST_TRIES
    logger.warning("e-mail %s failed: %s", email.pk, type(error).__name__)
    wait = FIRST_WAIT * 2 ** (email.attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
    _mark(
        email,
        status=_S.FAILED if final else _S.QUEUED,
        next_try_at=now + wait,
        last_error=_said(error),
        repeats=F("repeats") + int(perhaps_sent and not final),
    )
    if final:
        _tell(email)
    outcome.given_up += final
    outcome.postponed += not final


def _tell(email: Email) -> None:
    """Tell those who may send it again."""
    who = User.objects.active().in_role("admin", "manager").order_by("pk")
    title = format_lazy("{what}: {template}", what=KINDS["mail_given_up"], template=email.template)
    key = f"given_up:{email.pk}:{email.repeats}"
    with transaction.atomic():
        notices.notify(who, "mail_given_up", title=title, about=email, key=key)


def _mark(email: Email, **values: Any) -> None:
    """Write the outcome, if the letter is still ours."""
    Email.objects.filter(pk=email.pk, claim=email.claim, status=_S.SENDING).update(
        claim=None, claimed_at=None, **values
    )


def _put_back(batch: list[Email], when: datetime, error: Exception | None) -> None:
    """Give letters back that were not tried: it was not their fault."""
    for email in batch:
        values = {"last_error": _said(error)} if error else {}
        _mark(
            email,
            status=_S.QUEUED,
            next_try_at=when,
            attempts=F("attempts") - 1,
            **values,
        )


def _said(error: Exception) -> str:
    """Return the kind of error and the server's code: its words may quote the address."""
    return f"{type(error).__name__} {', '.join(map(str, _codes(error)))}".strip()[:300]


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [reason[0] for reason in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []

"""Where answers to POSTs with an Idempotency-Key are kept; see fleet/api/idempotency.py for the protocol."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from accounts.models import IdempotentAnswer, User
from fleet.api.idempotency import Claim, Stored

KEPT_FOR: Final = timedelta(hours=48)
# A request without an answer for so long is taken for dead; should it live, `keep` refuses its answer.
PATIENCE: Final = timedelta(minutes=2)
_TAKE: Final = """
INSERT INTO accounts_idempotentanswer (user_id, key, fingerprint, headers, created_at) VALUES (%s, %s, %s, '{}', %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""


def claim(user: User, key: str, fingerprint: str) -> Claim:
    """Take the key, in one statement, or return what is known of the request that has it."""
    while True:
        ours = _take(user, key, fingerprint)
        if ours is not None:
            return Claim(ours, fingerprint)
        row = IdempotentAnswer.objects.filter(user=user, key=key).first()
        if row is None:
            continue  # it was given back in between
        if _may_go(row, timezone.now()):
            # A new row and with it a new fence: what the dead request still does cannot be kept.
            IdempotentAnswer.objects.filter(pk=row.pk, status=row.status).delete()
        elif row.status is None:
            return Claim(row.pk, row.fingerprint, running=True)
        else:
            return Claim(row.pk, row.fingerprint, Stored(row.status, bytes(row.body or b""), row.headers))


def _take(user: User, key: str, fingerprint: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [user.pk, key, fingerprint, timezone.now()])
        found = cursor.fetchone()
    return int(found[0]) if found else None


def keep(claim: Claim, answer: Stored) -> bool:
    """Store the answer; False when somebody else has taken the key meanwhile."""
    open_claim = IdempotentAnswer.objects.filter(pk=claim.id, status__isnull=True)
    return open_claim.update(status=answer.status, body=answer.body, headers=answer.headers) == 1


def release(claim: Claim) -> None:
    """Forget the key: the request had no effect."""
    IdempotentAnswer.objects.filter(pk=claim.id, status__isnull=True).delete()


def purge(*, now: datetime) -> int:
    """Delete answers that nobody may ask for any more; returns how many."""
    return IdempotentAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _may_go(row: IdempotentAnswer, now: datetime) -> bool:
    return row.created_at < now - (PATIENCE if row.status is None else KEPT_FOR)

"""Work by the clock; every task may run on any number of workers, any number of times."""

import logging
from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from contracts import agreement, lifecycle, messages, underway
from contracts.models import Contract
from fleet.errors import DomainError

logger = logging.getLogger(__name__)
_BATCH = 100


@shared_task(name="contracts.tasks.expire_holds")
def expire_holds(*, now: datetime | None = None) -> int:
    """Expire every booking whose hold has passed; return how many."""
    at, expired = now or timezone.now(), 0
    while True:
        with transaction.atomic():
            # SKIP LOCKED: what another worker or a clerk has in hand is theirs.
            batch = list(
                Contract.objects.hold_passed(at)
                .select_for_update(skip_locked=True, no_key=True, of=("self",))
                .order_by("hold_expires_at")[:_BATCH]
            )
            for contract in batch:
                lifecycle.expire(contract, now=at)
        expired += len(batch)
        if len(batch) < _BATCH:
            return expired


@shared_task(name="contracts.tasks.grow_overdue")
def grow_overdue(*, now: datetime | None = None) -> int:
    """Keep overdue cars taken in the ledger; return how many grew."""
    at, grown = now or timezone.now(), 0
    for contract_id in underway.overdue_ids(at):
        try:
            grown += underway.grow(contract_id, now=at)
        except DomainError:
            logger.exception("could not keep an overdue car taken", extra={"contract": str(contract_id)})
    return grown


@shared_task(name="contracts.tasks.remind_customers")
def remind_customers(*, now: datetime | None = None) -> int:
    """Write to who picks up tomorrow (from nine in the morning on) and to who is late; return how many letters."""
    at = now or timezone.now()
    local = timezone.localtime(at)
    return messages.overdue(now=at) + (messages.pick_ups_tomorrow(on=local.date()) if local.hour >= 9 else 0)


@shared_task(name="contracts.tasks.store_agreements")
def store_agreements() -> int:
    """Keep the PDFs of agreements in the bucket that are not there yet; return how many."""
    return agreement.store_waiting()

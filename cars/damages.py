"""Damages: repaired, never deleted."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.errors import IllegalMove
from cars.models import Damage
from fleet.actor import verb
from fleet.errors import Invalid


@verb
def repair(
    damage_id: UUID,
    *,
    by: User | None,
    now: datetime,
    repaired_at: datetime | None = None,
    repair_cost: Decimal | None = None,
) -> Damage:
    """Write down that the mark is gone and what it cost. Raises IllegalMove, and Invalid for a time to come."""
    when = repaired_at or now
    if when > now:
        raise Invalid(repaired_at=gettext("A repair cannot lie in the future."), code="in_the_future")
    damage = Damage.objects.lock(damage_id)
    if damage.repaired_at is not None:
        raise IllegalMove(gettext("This damage is repaired already."), code="repaired_already")
    damage.repaired_at, damage.repair_cost = when, repair_cost
    damage.save(update_fields=["repaired_at", "repair_cost"])
    return damage

"""Papers come, change, go and are renewed; every contract of the car is looked at again in the same transaction."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext

from accounts.models import User
from cars import risks
from cars.errors import IllegalMove
from cars.models import Car, Paper
from cars.risks import AtRisk
from fleet.actor import verb
from fleet.db.base import Base
from fleet.db.period import months_later
from notifications import outbox

_OWN: Final = {field.name for field in Base._meta.get_fields()} | {"valid_from", "valid_until"}


@dataclass(frozen=True)
class Outcome[P: Paper]:
    """The paper, and the contracts of its car that are at risk now."""

    paper: P
    at_risk: list[AtRisk]


@verb
def add[P: Paper](paper: P, *, by: User | None, now: datetime) -> Outcome[P]:
    """Save a new paper."""
    Car.objects.lock(paper.car_id)
    with risks.watched(paper.car_id, by=by, now=now) as at_risk:
        paper.save()
    return _told(paper, "added", at_risk)


@verb
def amend[P: Paper](paper: P, *, by: User | None, now: datetime, **fields: Any) -> Outcome[P]:
    """Change a paper."""
    Car.objects.lock(paper.car_id)
    locked: P = paper._meta.default_manager.lock(paper.pk)  # type: ignore[union-attr]
    with risks.watched(locked.car_id, by=by, now=now) as at_risk:
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(fields))
    return _told(locked, "amended", at_risk)


@verb
def remove[P: Paper](paper: P, *, by: User | None, now: datetime) -> Outcome[P]:
    """Delete a paper that was entered by mistake; an expired one is kept."""
    Car.objects.lock(paper.car_id)
    gone = copy(paper)
    with risks.watched(paper.car_id, by=by, now=now) as at_risk:
        paper.delete()
    return _told(gone, "removed", at_risk)


@verb
def renew[P: Paper](paper: P, *, by: User | None, now: datetime, **fields: Any) -> Outcome[P]:
    """Write the paper that goes on where this one ends; the old one stays. Raises IllegalMove for a second time."""
    Car.objects.lock(paper.car_id)
    new = successor(paper)
    for name, value in fields.items():
        setattr(new, name, value)
    if is_renewed(paper):
        raise IllegalMove(gettext("This paper is renewed already."), code="renewed_already")
    return add(new, by=by, now=now)


def is_renewed(paper: Paper) -> bool:
    """Say whether another paper of the car and kind begins and ends after this one."""
    return bool(_alike(paper).filter(valid_from__gt=paper.valid_from, valid_until__gt=paper.valid_until).exists())


def successor[P: Paper](paper: P) -> P:
    """Return a paper like this one, not saved: from the day after its last one, for a year, in the same words."""
    copied = {f.attname: getattr(paper, f.attname) for f in paper._meta.concrete_fields if f.name not in _OWN}
    first = paper.valid_until + timedelta(days=1)
    return type(paper)(**copied, valid_from=first, valid_until=months_later(first, 12) - timedelta(days=1))


def _alike(paper: Paper) -> Any:
    same = {name: getattr(paper, name) for name in paper.ALIKE}
    return paper._meta.default_manager.filter(car=paper.car_id, **same)  # type: ignore[union-attr]


def _told[P: Paper](paper: P, what: str, at_risk: list[AtRisk]) -> Outcome[P]:
    kind = paper._meta.model_name
    outbox.publish(
        f"{kind}.{what}",
        paper,
        key=f"{kind}.{what}:{paper.pk}:{paper.version}",
        payload={"car": str(paper.car_id), "at_risk": [str(risk.contract_id) for risk in at_risk]},
    )
    return Outcome(paper, at_risk)

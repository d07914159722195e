"""What somebody must know of one car, the worst first: papers, services, issues, returns, contracts at risk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from cars import gaps, mileage, risks
from cars.mileage import ServiceDue, Wear
from cars.models import Car, IssueReport
from fleet import due
from fleet.due import Due, State, Subject

_AHEAD: Final = 30  # days
_URGENT: Final = 7


class Level(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Alert:
    """One thing to know. `code` is a subject of fleet/due.py, a code of the gate, `gap` or `issue`."""

    level: Level
    code: str
    title: str
    label: str  # of the model behind it
    object_id: UUID
    due_on: date | None = None
    days_left: int | None = None
    km_left: int | None = None


@dataclass(frozen=True)
class ServiceState:
    """A planned service of a car: when by date, when by km, and how far that is."""

    plan_id: str
    service_type: str
    due_on: date | None
    due_km: int | None
    projected_on: date | None
    days_left: int | None
    km_left: int | None
    level: Level | None  # None: not worth a word yet


def of(car: Car, *, user: Any, on: date, now: datetime, wear: Wear | None = None) -> list[Alert]:
    """Return the alerts of a car that the user may see, the worst first; `wear` saves a look when it is known.

    Of a car that is gone nothing is missing.
    """
    if not car.is_kept:
        return []
    worn = wear or next(known for __, known in mileage.of(Car.objects.filter(pk=car.pk), now))
    found = [*_dues(car, user, on), *_services(worn, on), *_gaps(car, on), *_issues(car)]
    if user.has_perm("contracts.view_contract"):
        found += _at_risk(car, now)
    order = list(Level)
    return sorted(found, key=lambda one: (order.index(one.level), one.due_on or date.max, one.title))


def services(wear: Wear, on: date) -> list[ServiceState]:
    """Return how every planned service of the car stands, the next one first."""
    found = [_state(service, wear, on) for service in wear.services]
    return sorted(found, key=lambda one: (one.projected_on or date.max, one.service_type))


def _state(service: ServiceDue, wear: Wear, on: date) -> ServiceState:
    projected = wear.projected_on(service, on)
    days = None if projected is None else (projected - on).days
    km = None if service.due_km is None else service.due_km - wear.km
    limits = service.thresholds
    level = None
    if _within(days, limits.critical_days) or _within(km, limits.critical_km):
        level = Level.CRITICAL
    elif _within(days, limits.warn_days) or _within(km, limits.warn_km):
        level = Level.WARNING
    return ServiceState(
        service.plan_id, service.service_type, service.due_on, service.due_km, projected, days, km, level
    )


def _within(left: int | None, limit: int) -> bool:
    return left is not None and left <= limit


def _services(wear: Wear, on: date) -> Iterator[Alert]:
    for one in services(wear, on):
        if one.level:
            yield Alert(
                one.level,
                Subject.SERVICE,
                one.service_type,
                "cars.serviceplan",
                UUID(one.plan_id),
                one.projected_on,
                one.days_left,
                one.km_left,
            )


def _dues(car: Car, user: Any, on: date) -> Iterator[Alert]:
    others = due.seen_by(user) - {Subject.SERVICE}  # services have their own limits, by km too
    for one in due.shown_to(user, due.everything(on=on, within=_AHEAD, cars=[car.pk], subjects=others)):
        yield Alert(_level(one, on), one.subject, one.title, one.label, one.object_id, one.due_on, one.days_left(on))


def _level(one: Due, on: date) -> Level:
    """Return how bad it is: a paper should not even come close, a return or pick-up is only bad when it is late."""
    left = one.days_left(on)
    if one.subject in (Subject.HOLD, Subject.PICK_UP, Subject.RETURN):
        return Level.CRITICAL if one.state(on) == State.OVERDUE else Level.INFO
    return Level.CRITICAL if left <= _URGENT else Level.WARNING


def _gaps(car: Car, on: date) -> Iterator[Alert]:
    """Yield days without cover that another paper follows, or that are there already; ends are dues."""
    for gap in gaps.of(Car.objects.filter(pk=car.pk), on, on + timedelta(days=_AHEAD)):
        if gap.required and (gap.ends or gap.first == on):
            left = (gap.first - on).days
            title = _("no {kind} from {first} to {last}").format(
                kind=gap.name, first=f"{gap.first:%d.%m.%Y}", last=f"{gap.last:%d.%m.%Y}"
            )
            yield Alert(Level.CRITICAL, "gap", title, "cars.car", car.pk, gap.first, left)


def _issues(car: Car) -> Iterator[Alert]:
    levels = {"grounded": Level.CRITICAL, "no_new_rentals": Level.WARNING}
    for issue in IssueReport.objects.unresolved().filter(car=car).order_by("created_at", "id"):
        code = issue.restriction if issue.restriction in levels else "issue"
        level = levels.get(issue.restriction, Level.INFO)
        yield Alert(level, code, issue.title, "cars.issuereport", issue.pk)


def _at_risk(car: Car, now: datetime) -> Iterator[Alert]:
    for risk in risks.of([car.pk], now):
        reasons = ", ".join(str(reason) for reason in risk.reasons)
        yield Alert(Level.CRITICAL, "at_risk", f"{risk.reference}: {reasons}", "contracts.contract", risk.contract_id)

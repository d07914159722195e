"""The gate's rules: each looks at one fact and says why the car may not go out (domain.md §3)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cars.facts import Facts
from cars.gaps import uncovered as uncovered_days
from cars.mileage import ServiceDue
from cars.models import Car, Occupancy
from customers.models import Customer
from fleet.db.period import Period

_LONGEST = timedelta(days=365)
_COUNTER_BACKDATING = timedelta(hours=24)  # a walk-in is often typed in after the car has left


class Severity(StrEnum):
    BLOCK = "block"
    OVERRIDE = "override"  # somebody with the permission may say yes, with a reason
    WARN = "warn"


@dataclass(frozen=True)
class Refusal:
    """One reason why not. `subject` names the row behind it, `until` when the reason ends (if known)."""

    code: str
    severity: Severity
    message: str
    subject: str = ""
    subject_id: str = ""
    until: datetime | date | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "subject": self.subject or None,
            "subject_id": self.subject_id or None,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True)
class Case:
    """What is asked of the gate: this car, over this period, for these people."""

    car: Car
    facts: Facts
    period: Period
    now: datetime
    whole: Period  # the entire rental, where `period` is only the part that is added
    customer: Customer | None = None
    drivers: Sequence[Customer] = ()
    at_counter: bool = False
    leaving: bool = False  # check-out or swap: papers of people are on the table now
    continuing: bool = False  # an extension: the start is not up for discussion
    ignoring: frozenset[str] = field(default_factory=frozenset)  # own rows in the ledger

    def when(self, instant: datetime) -> str:
        """Return the instant as the branch's clock shows it."""
        return f"{instant.astimezone(self.car.branch.zone):%d.%m.%Y %H:%M}"


Rule = Callable[[Case], Iterator[Refusal]]


def occupied(case: Case) -> Iterator[Refusal]:
    if not case.facts.taken:
        return
    wanted = case.period.plus(case.car.category.turnaround_minutes)
    for row in case.facts.taken:
        if row.id not in case.ignoring and row.start < wanted.end and row.end > wanted.start:
            yield Refusal(
                "occupied",
                Severity.BLOCK,
                gettext("%(plate)s is taken (%(kind)s) from %(start)s to %(end)s.")
                % {
                    "plate": case.car.license_plate,
                    "kind": Occupancy.Kind(row.kind).label,
                    "start": case.when(row.start),
                    "end": case.when(row.end),
                },
                "cars.occupancy",
                row.id,
                row.end.astimezone(UTC),
            )


def not_in_service(case: Case) -> Iterator[Refusal]:
    if case.car.lifecycle != Car.Lifecycle.ACTIVE:
        yield Refusal(
            "not_in_service",
            Severity.BLOCK,
            gettext("%(plate)s is %(state)s.")
            % {"plate": case.car.license_plate, "state": case.car.get_lifecycle_display()},
            "cars.car",
            str(case.car.pk),
        )


def uncovered(case: Case) -> Iterator[Refusal]:
    first, last = case.period.days(case.car.branch.zone)
    papers = [
        ("uninsured", _("liability insurance"), case.facts.liability, Severity.BLOCK),
        ("unregistered", _("registration"), case.facts.registration, Severity.BLOCK),
    ]
    if case.facts.ever_inspected:
        papers.append(("uninspected", _("valid inspection"), case.facts.inspection, Severity.OVERRIDE))
    for code, name, spans, severity in papers:
        gap = next(uncovered_days(spans, first, last), None)
        if gap:
            days = f"{gap[0]:%d.%m.%Y}" if gap[0] == gap[1] else f"{gap[0]:%d.%m.%Y} – {gap[1]:%d.%m.%Y}"
            yield Refusal(
                code,
                severity,
                gettext("%(plate)s has no %(name)s on %(days)s.")
                % {"plate": case.car.license_plate, "name": gettext(name), "days": days},
                "cars.car",
                str(case.car.pk),
                gap[1] + timedelta(days=1) if gap[1] < last else None,
            )


def restricted(case: Case) -> Iterator[Refusal]:
    for issue in case.facts.restrictions:
        grounded = issue.restriction == "grounded"
        closed, reserved = (
            gettext("%(plate)s is grounded: %(issue)s."),
            gettext("%(plate)s takes no new rentals: %(issue)s."),
        )
        yield Refusal(
            issue.restriction,
            Severity.BLOCK if grounded else Severity.OVERRIDE,
            (closed if grounded else reserved) % {"plate": case.car.license_plate, "issue": issue.title},
            "cars.issuereport",
            issue.id,
        )


def service(case: Case) -> Iterator[Refusal]:
    zone, facts = case.car.branch.zone, case.facts
    first, last = case.period.days(zone)
    today = case.now.astimezone(zone).date()
    for due in facts.services:

        def said(when: date, due_on: date | None = due.due_on, due_km: int | None = due.due_km) -> bool:
            late = due_on is not None and due_on <= when
            return late or (due_km is not None and due_km <= facts.projected_km((when - today).days))

        if said(first):
            message = gettext("The service “%(service)s” of %(plate)s is overdue (%(at)s).") % _about(due, case.car)
            yield Refusal("service_overdue", Severity.OVERRIDE, message, "cars.serviceplan", due.plan_id)
        elif said(last):
            message = gettext("The service “%(service)s” of %(plate)s comes due during the rental (%(at)s).")
            message %= _about(due, case.car)
            yield Refusal("service_due_during", Severity.WARN, message, "cars.serviceplan", due.plan_id)


def _about(due: ServiceDue, car: Car) -> dict[str, str]:
    parts = (due.due_on and f"{due.due_on:%d.%m.%Y}", due.due_km and f"{due.due_km} km")
    return {
        "service": due.service_type,
        "plate": car.license_plate,
        "at": gettext(" or ").join(part for part in parts if part),
    }


def timing(case: Case) -> Iterator[Refusal]:
    if case.whole.end - case.whole.start > _LONGEST:
        yield Refusal("too_long", Severity.OVERRIDE, gettext("A rental is at most 365 days long."))
    if case.continuing:
        return
    backdating = _COUNTER_BACKDATING if case.at_counter else timedelta(0)
    if case.period.start < case.now - backdating:
        yield Refusal(
            "in_the_past",
            Severity.BLOCK,
            gettext("%(start)s is in the past.") % {"start": case.when(case.period.start)},
        )
    elif not case.at_counter and case.period.start < case.now + timedelta(minutes=settings.NOTICE_MINUTES):
        yield Refusal(
            "notice",
            Severity.OVERRIDE,
            gettext("A booking needs %(notice_minutes)s minutes of notice.")
            % {"notice_minutes": settings.NOTICE_MINUTES},
            until=case.now + timedelta(minutes=settings.NOTICE_MINUTES),
        )


def licensed(case: Case) -> Iterator[Refusal]:
    if case.leaving and not case.drivers:
        yield Refusal("licence_missing", Severity.BLOCK, gettext("No driver is named."))
    if not case.drivers:
        return
    end_day = case.whole.days(case.car.branch.zone)[1]
    for driver in case.drivers:
        if not driver.licence_number or driver.licence_expires_on is None:
            yield _of_driver(
                driver, "licence_missing", gettext("%(name)s has shown no licence.") % {"name": driver.name}
            )
        elif driver.licence_expires_on < end_day:
            until = f"{driver.licence_expires_on:%d.%m.%Y}"
            yield _of_driver(
                driver,
                "licence_expires",
                gettext("The licence of %(name)s ends on %(until)s, before the car is back.")
                % {"name": driver.name, "until": until},
            )


def _of_driver(driver: Customer, code: str, message: str, severity: Severity = Severity.BLOCK) -> Refusal:
    return Refusal(code, severity, message, "customers.customer", str(driver.pk))


def old_enough(case: Case) -> Iterator[Refusal]:
    if not case.drivers:
        return
    least = case.car.category.min_driver_age
    first = case.period.days(case.car.branch.zone)[0]
    for driver in case.drivers:
        if driver.birth_date is None:
            if case.leaving:
                message = gettext("The age of %(name)s is not known; this class is driven from %(least)s.") % {
                    "name": driver.name,
                    "least": least,
                }
                yield _of_driver(driver, "too_young", message, Severity.OVERRIDE)
        elif age_on(driver.birth_date, first) < least:
            message = gettext("%(name)s is younger than %(least)s, the least for %(category)s.") % {
                "name": driver.name,
                "least": least,
                "category": case.car.category.name,
            }
            yield _of_driver(driver, "too_young", message, Severity.OVERRIDE)


def age_on(born: date, day: date) -> int:
    """Return the age in full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def trusted(case: Case) -> Iterator[Refusal]:
    people = {person.pk: person for person in (*([case.customer] if case.customer else []), *case.drivers)}
    if case.leaving and case.customer and case.customer.verified_at is None:
        yield Refusal(
            "unverified",
            Severity.OVERRIDE,
            gettext("The documents of %(name)s have not been verified.") % {"name": case.customer.name},
            "customers.customer",
            str(case.customer.pk),
        )
    for person in people.values():
        for flag in person.flags.all():  # prefetched, open ones only
            if flag.level == "info":
                continue
            blocks = flag.level == "block"
            yield Refusal(
                "do_not_rent" if blocks else "debt",
                Severity.BLOCK if blocks else Severity.WARN,
                f"{person.name}: {flag.get_kind_display()} – {flag.reason}",
                "customers.flag",
                str(flag.pk),
            )


_ORDER = list(Severity)
RULES: tuple[Rule, ...] = (
    not_in_service,
    occupied,
    uncovered,
    restricted,
    service,
    timing,
    licensed,
    old_enough,
    trusted,
)


def judge(case: Case) -> list[Refusal]:
    """Return every reason, blocks first."""
    found = [refusal for rule in RULES for refusal in rule(case)]
    return sorted(found, key=lambda refusal: _ORDER.index(refusal.severity)) if len(found) > 1 else found

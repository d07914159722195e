"""The hand-over of a car: what was seen, the odometer's reading and new damages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars import issues, odometer
from cars.models import Car, Damage, IssueReport, OdometerReading
from contracts.holding import Held
from contracts.models import Assignment, Attachment, Handover
from contracts.wording import kept
from files import uploads
from fleet.db import unit
from fleet.errors import Invalid
from notifications import outbox

_LONGEST_TITLE: Final = 120
_SEVERITIES: Final[Mapping[str, str]] = {
    IssueReport.Restriction.NONE: IssueReport.Severity.LOW,
    IssueReport.Restriction.NO_NEW_RENTALS: IssueReport.Severity.HIGH,
    IssueReport.Restriction.GROUNDED: IssueReport.Severity.CRITICAL,
}


@dataclass(frozen=True)
class NewDamage:
    """A mark found at the hand-over; the estimate (money, or None) is what the customer will be charged."""

    panel: str
    kind: str
    note: str = ""
    estimate: Decimal | None = None
    photos: Sequence[UUID] = ()


@dataclass(frozen=True)
class Seen:
    """What counter and customer read off the car. Fuel in eighths 0–8, battery in %; one of them is needed.

    Photos and signature are ids of files that `by` has uploaded.
    """

    odometer_km: int
    fuel_eighths: int | None = None
    battery_pct: int | None = None
    clean: bool = True
    damages: Sequence[NewDamage] = ()
    checklist: dict[str, Any] = field(default_factory=dict)
    remarks: str = ""
    photos: Sequence[UUID] = ()
    signature: UUID | None = None
    restriction: str = IssueReport.Restriction.NONE  # of the car, because of the new damages


def record(
    held: Held, kind: Handover.Kind, seen: Seen, *, source: OdometerReading.Source, by: User, now: datetime
) -> tuple[Handover, list[tuple[Damage, Decimal | None]]]:
    """Write the hand-over, its odometer reading and its damages; return it with the damages and their estimates.

    Raises OdometerBackwards, and Invalid for a level that does not fit the car. The car must be locked.
    """
    assignment, car = held.assignment, held.car
    _check_level(car, seen)
    odometer.read_off(car, seen.odometer_km, held.readings, source=source, when=now)
    handover = unit.insert(
        Handover(
            assignment=assignment,
            kind=kind,
            at=now,
            by=by,
            odometer_km=seen.odometer_km,
            fuel_eighths=seen.fuel_eighths,
            battery_pct=seen.battery_pct,
            is_clean=seen.clean,
            checklist=seen.checklist,
            remarks=seen.remarks,
        )
    )
    if seen.photos:
        uploads.attach(handover, seen.photos, by=by)
    if seen.signature:
        uploads.attach(handover, [seen.signature], by=by, role=Attachment.Role.SIGNATURE)
    damages = [(_mark(handover, car, found, by=by), found.estimate) for found in seen.damages]
    if damages and kind == Handover.Kind.IN:
        _report(assignment, car, seen, by=by, now=now)
    return handover, damages


def _report(assignment: Assignment, car: Car, seen: Seen, *, by: User, now: datetime) -> None:
    """Tell the workshop of what came back damaged, with the contract during which it happened."""
    marks = [f"{_label(Damage.Kind, one.kind)} ({_label(Damage.Panel, one.panel)})" for one in seen.damages]
    estimates = [one.estimate for one in seen.damages if one.estimate]
    issue = IssueReport(
        car=car,
        title=", ".join(marks)[:_LONGEST_TITLE],
        description="\n".join(one.note for one in seen.damages if one.note),
        severity=_SEVERITIES[seen.restriction],
        restriction=seen.restriction,
        contract_id=assignment.contract_id,
        estimated_cost=sum(estimates) if estimates else None,
    )
    issues.report(issue, by=by, now=now)


def _label(choices: Any, value: str) -> str:
    return kept(lambda: choices(value).label)


def _mark(handover: Handover, car: Car, found: NewDamage, *, by: User) -> Damage:
    mark = Damage(car=car, panel=found.panel, kind=found.kind, note=found.note, found_in_id=handover.pk)
    damage = unit.insert(mark)
    payload = {"plate": car.license_plate, "panel": found.panel, "kind": found.kind, "by": str(by.pk)}
    outbox.publish("damage.found", damage, key=f"damage.found:{damage.pk}", payload=payload)
    if found.photos:
        uploads.attach(damage, found.photos, by=by)
    return damage


def _check_level(car: Car, seen: Seen) -> None:
    if seen.fuel_eighths is None and seen.battery_pct is None:
        raise Invalid(gettext("Give the fuel in eighths or the battery in percent."), code="level_missing")
    if seen.fuel_eighths is None and car.fuel_type != Car.Fuel.ELECTRIC:
        raise Invalid(
            gettext("%(plate)s has a tank: give the fuel in eighths.") % {"plate": car.license_plate},
            code="fuel_missing",
        )
    if not 0 <= (seen.fuel_eighths or 0) <= 8 or not 0 <= (seen.battery_pct or 0) <= 100:
        raise Invalid(gettext("Fuel is 0 to 8 eighths, the battery 0 to 100 %."), code="level_out_of_range")

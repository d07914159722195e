"""The workshop over the whole fleet: what was done and spent, what is open, what is coming."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from cars.models import Damage, IssueReport, Occupancy, ServiceRecord
from contracts.reports.shape import Column, Kind, Question, Report, Table, money
from fleet import due

_PAPERS: Final = {due.Subject.INSURANCE, due.Subject.REGISTRATION, due.Subject.INSPECTION}
_UNRESOLVED: Final = Q(status__in=("open", "in_progress"))


def answer(asked: Question) -> Table:
    """Return a row per matter: how many, and what they cost where that is known."""
    rows = [*_done(asked), *_open(asked), *_coming(asked)]
    return Table(rows, {"cost": money(sum(row["cost"] or 0 for row in rows))})


def _done(asked: Question) -> Iterator[dict[str, Any]]:
    services = _here(ServiceRecord.objects.filter(service_date__range=(asked.first, asked.last)), asked)
    found = services.aggregate(number=Count("pk"), cost=Sum("cost"))
    yield _row("services_done", _("services done"), found["number"], money(found["cost"]))
    resolved = _here(
        IssueReport.objects.filter(resolved_at__gte=asked.period.start, resolved_at__lt=asked.period.end), asked
    )
    found = resolved.aggregate(number=Count("pk"), cost=Sum("actual_cost"))
    yield _row("issues_resolved", _("issues resolved"), found["number"], money(found["cost"]))
    days = _here(Occupancy.objects.overlapping(asked.period).filter(kind="workshop"), asked)
    yield _row("workshop_stays", _("stays in the workshop"), days.count())


def _open(asked: Question) -> Iterator[dict[str, Any]]:
    severities = {value: Count("pk", filter=Q(severity=value)) for value in IssueReport.Severity.values}
    restricted = {
        value: Count("car", filter=Q(restriction=value), distinct=True)
        for value in (IssueReport.Restriction.GROUNDED, IssueReport.Restriction.NO_NEW_RENTALS)
    }
    found = _here(IssueReport.objects.filter(_UNRESOLVED), asked).aggregate(**severities, **restricted)
    for value, label in reversed(IssueReport.Severity.choices):
        yield _row(f"issues_{value}", _("open issues: %(severity)s") % {"severity": label}, found[value])
    yield _row("cars_grounded", _("cars grounded"), found["grounded"])
    yield _row("cars_no_new_rentals", _("cars without new rentals"), found["no_new_rentals"])
    yield _row("damages", _("damages not repaired"), _here(Damage.objects.unrepaired(), asked).count())


def _coming(asked: Question) -> Iterator[dict[str, Any]]:
    found = due.everything(on=asked.last, within=asked.within, subjects={due.Subject.SERVICE, *_PAPERS})
    here = [one for one in found if asked.branch_id in (None, one.branch_id)]
    for key, title, subjects in (
        ("services", _("services"), {due.Subject.SERVICE}),
        ("papers", _("papers"), _PAPERS),
    ):
        late = sum(one.subject in subjects and one.state(asked.last) == due.State.OVERDUE for one in here)
        total = sum(one.subject in subjects for one in here)
        yield _row(f"{key}_overdue", _("%(what)s overdue") % {"what": title}, late)
        yield _row(f"{key}_coming", _("%(what)s coming due") % {"what": title}, total - late)


def _here[R: QuerySet[Any]](rows: R, asked: Question) -> R:
    return rows.filter(car__branch=asked.branch_id) if asked.branch_id else rows


def _row(key: str, label: Any, number: int, cost: Any = None) -> dict[str, Any]:
    return {"key": key, "label": str(label), "number": number, "cost": cost}


_COST: Final = Column("cost", _("cost"), Kind.MONEY, empty=True)
REPORT: Final = Report(
    "maintenance",
    _("Maintenance"),
    _("What the workshop did and what it cost, what is open, and what comes due."),
    "contracts.report_maintenance",
    (Column("key", _("key")), Column("label", _("matter")), Column("number", _("number"), Kind.COUNT), _COST),
    answer,
    parameters=("from", "to", "branch", "within"),
    totals=(_COST,),
)

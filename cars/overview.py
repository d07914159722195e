"""One car at a glance: where it is now, what comes next, how its papers, services, issues and costs stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Subquery, When

from cars import alerts, costs, mileage
from cars.alerts import Alert, ServiceState
from cars.costs import Costs
from cars.due import PAPERS
from cars.models import Car, Damage, Insurance, IssueReport, Occupancy, Paper, Registration
from cars.querysets import CarQuerySet
from fleet.db.period import months_later


@dataclass(frozen=True)
class State:
    """What the ledger says: taken for what, until when; then free or taken again."""

    kind: str  # free, or a kind of occupancy
    since: datetime | None
    until: datetime | None  # when free: the next time it is taken
    following: Occupancy | None


@dataclass(frozen=True)
class PaperState:
    """The paper of one kind that is valid, or the last one."""

    kind: str
    paper: Paper
    days_left: int


@dataclass(frozen=True)
class Brief:
    """What a strip has room for."""

    insured_until: date | None
    registered_until: date | None
    open_issues: int
    restricted: bool
    wear: mileage.Wear


@dataclass(frozen=True)
class Overview:
    car: Car
    state: State
    km_per_day: float
    papers: Sequence[PaperState]
    services: Sequence[ServiceState]
    open_issues: int
    open_damages: int
    alerts: Sequence[Alert]
    costs: Costs | None  # None for those who may not see what cars cost


def of(car: Car, *, user: Any, money: bool, on: date, now: datetime) -> Overview:
    """Return everything about one car; some twenty statements, whatever its history."""
    mine = Car.objects.filter(pk=car.pk)
    __, wear = next(iter(mileage.of(mine, now)))
    first = months_later(on.replace(day=1), -11)
    return Overview(
        car,
        state(car, now),
        wear.km_per_day,
        papers(car, on),
        alerts.services(wear, on),
        IssueReport.objects.unresolved().filter(car=car).count(),
        Damage.objects.unrepaired().filter(car=car).count(),
        alerts.of(car, user=user, on=on, now=now, wear=wear),
        costs.of(mine, first, on)[car.pk] if money else None,
    )


def brief(car: Car, on: date, now: datetime) -> Brief:
    """Return until when the cover of today goes on without a gap, how many issues are open, and wear; one statement."""
    issues = IssueReport.objects.unresolved().filter(car=OuterRef("pk")).order_by().values("car")
    named = Car.objects.filter(pk=car.pk).annotate(
        insured_until=_last_day(Insurance.objects.filter(kind=Insurance.Kind.LIABILITY), on),
        registered_until=_last_day(Registration.objects.all(), on),
        open_issues=Subquery(issues.annotate(n=Count("pk")).values("n")),
        restricted=_restricted(),
    )
    found: Any
    found, wear = next(iter(mileage.of(named, now)))
    return Brief(found.insured_until, found.registered_until, found.open_issues or 0, found.restricted, wear)


def with_lacks(cars: CarQuerySet, on: date) -> CarQuerySet:
    """Return cars with what keeps them back on the day: `uninsured`, `unregistered`, `restricted`."""
    mine = {"car": OuterRef("pk")}
    insured = Insurance.objects.filter(kind=Insurance.Kind.LIABILITY, **mine).valid_on(on)
    return cars.annotate(
        uninsured=~Exists(insured),
        unregistered=~Exists(Registration.objects.filter(**mine).valid_on(on)),
        restricted=_restricted(),
    )


def _restricted() -> Exists:
    return Exists(IssueReport.objects.restricting().filter(car=OuterRef("pk")))


def _last_day(papers: Any, on: date) -> Any:
    """Return the end of what covers the car on the day, with the papers that go on where it ends."""
    mine = papers.filter(car=OuterRef("pk"))
    ends = mine.unrenewed(on).filter(valid_until__gte=on).order_by("valid_until").values("valid_until")
    return Case(When(Exists(mine.valid_on(on)), then=Subquery(ends[:1])))


def state(car: Car, now: datetime) -> State:
    """Return what the car is doing at this moment, in one statement."""
    return _state(list(Occupancy.objects.filter(car=car).running(now).order_by("period")[:2]), now)


def states(cars: Iterable[Car], now: datetime) -> dict[UUID, State]:
    """Return the same of every one of these cars, in one statement."""
    ahead: dict[UUID, list[Occupancy]] = {car.pk: [] for car in cars}
    for row in Occupancy.objects.filter(car__in=list(ahead)).running(now).order_by("period"):
        ahead[row.car_id].append(row)
    return {pk: _state(rows, now) for pk, rows in ahead.items()}


def _state(ahead: Sequence[Occupancy], now: datetime) -> State:
    current = next((row for row in ahead if row.period.lower <= now), None)
    following = next((row for row in ahead if row.period.lower > now), None)
    if current is None:
        return State("free", None, following.period.lower if following else None, following)
    return State(current.kind, current.period.lower, current.period.upper, following)


def papers(car: Car, on: date) -> list[PaperState]:
    """Return of every kind of paper the one that lasts longest of those that have begun; one statement each."""
    found: dict[str, Paper] = {}
    for subject, model in PAPERS.items():
        begun = model._default_manager.filter(car=car, valid_from__lte=on, valid_until__gte=on - timedelta(days=730))
        for paper in begun.order_by("valid_until", "id"):
            found[getattr(paper, "kind", subject.value)] = paper
    return [PaperState(kind, paper, (paper.valid_until - on).days) for kind, paper in found.items()]

"""Reports say what one finds by counting every row by hand, and their parts add up."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from cars.models import Branch, Car, Occupancy
from contracts import pricing
from contracts.models import Charge, Contract, Payment
from contracts.reports import asking
from contracts.reports.catalogue import REPORTS, answered
from contracts.reports.shape import Question, Table
from contracts.status import EARNING
from fleet.db.period import Period
from fleet.money import rounded
from tests.contracts.planted import NOW, company
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.usefixtures("planted", "db")
RANGES = [(date(2026, 10, 1), date(2026, 11, 30)), (date(2026, 10, 24), date(2026, 10, 26)), (date(2026, 11, 24),) * 2]
SPREAD = {"rental": "rental", "extra": "extras", "discount": "discounts"}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield from company()


def asked(name: str, **wanted: Any) -> tuple[Question, Table]:
    report, user = REPORTS[name], UserFactory(role="manager")
    question = asking.question(report, wanted, user=user, now=NOW)
    return question, answered(report, question)


def span(days: tuple[date, ...]) -> dict[str, date]:
    return {"from": days[0], "to": days[-1]}


def earned_by_hand(first: date, last: date) -> dict[tuple[date, Any], dict[str, Decimal]]:
    found: dict[tuple[date, Any], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for contract in Contract.objects.filter(status__in=EARNING).select_related("pickup_branch"):
        begins = contract.start_at.astimezone(contract.pickup_branch.zone).date()
        days = pricing.days_of(contract)
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in contract.lines.all():
            sums[SPREAD.get(line.kind, "charges")] += line.amount
        for k in range(days):
            cell = found[begins + timedelta(days=k), contract.pickup_branch_id]
            for name in SPREAD.values():
                cell[name] += rounded(sums[name] * (k + 1) / days) - rounded(sums[name] * k / days)
            cell["charges"] += sums["charges"] if k == days - 1 else 0
    return {key: cell for key, cell in found.items() if first <= key[0] <= last}


@pytest.mark.parametrize("days", RANGES)
def test_revenue_is_what_one_counts_line_by_line_and_day_by_day(days: tuple[date, ...]) -> None:
    _, table = asked("revenue", **span(days))
    by_hand = earned_by_hand(days[0], days[-1])
    for row in table.rows:
        for name in ("rental", "extras", "discounts", "charges"):
            here = sum((cell[name] for (day, _), cell in by_hand.items() if str(day) == row["key"]), Decimal(0))
            assert row[name] == here, (row["key"], name)
    assert table.totals["total"] == sum(sum(cell.values()) for cell in by_hand.values())


def test_the_days_of_all_rentals_add_up_to_all_bills() -> None:
    """A range of years is too wide to ask for; so the years are asked for one by one."""
    begin, end = _ends()
    total, day = Decimal(0), begin
    while day <= end:
        total += asked("revenue", **{"from": day, "to": day + timedelta(days=365)})[1].totals["total"]
        day += timedelta(days=366)
    _, table = asked("revenue")
    assert total == table.totals["ever"] == sum(c.total for c in Contract.objects.filter(status__in=EARNING))


def _ends() -> tuple[date, date]:
    starts = Contract.objects.values_list("start_at", "end_at")
    return min(s for s, _ in starts).date() - timedelta(days=1), max(e for _, e in starts).date() + timedelta(days=1)


@pytest.mark.parametrize("name", ["revenue", "utilisation"])
def test_every_grouping_has_the_same_total_and_its_parts_add_up(name: str) -> None:
    tables = {by: asked(name, by=by, **span(RANGES[0]))[1] for by in REPORTS[name].groups}
    first, *others = tables.values()
    assert [table.totals for table in others] == [first.totals] * len(others)
    sums = [column.name for column in REPORTS[name].totals if column.name not in ("ever", "utilisation")]
    for table in tables.values():
        assert {key: sum(row[key] for row in table.rows) for key in sums} == {key: first.totals[key] for key in sums}


@pytest.mark.parametrize("name", ["revenue", "utilisation"])
def test_branches_asked_one_by_one_add_up_to_all_of_them(name: str) -> None:
    column = {"revenue": "total", "utilisation": "rented_minutes"}[name]
    parts = [asked(name, branch=branch.pk, **span(RANGES[0]))[1].totals[column] for branch in Branch.objects.all()]
    assert sum(parts) == asked(name, **span(RANGES[0]))[1].totals[column] > 0


def test_empty_days_months_branches_and_categories_are_shown() -> None:
    empty = {"from": date(1999, 1, 1), "to": date(1999, 3, 31)}
    rows = {by: asked("revenue", by=by, **empty)[1].rows for by in REPORTS["revenue"].groups}
    assert [len(rows["day"]), len(rows["month"]), len(rows["branch"])] == [90, 3, Branch.objects.count()]
    assert {row["total"] for found in rows.values() for row in found} == {Decimal("0.00")}


def taken_by_hand(first: date, last: date) -> dict[str, int]:
    """Count whole minutes per day, branch and category, as the report promises."""
    seconds: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    present: dict[tuple[Any, ...], set[Any]] = defaultdict(set)
    for car in Car.objects.select_related("branch"):
        rows = [(Period.of(one.period), one.kind) for one in Occupancy.objects.open().filter(car=car)]
        for day in Question(first, last, NOW, car.branch.zone).days:
            cell = (day, car.branch_id, car.category_id)
            midnights = (datetime.combine(day + timedelta(days=n), time.min, car.branch.zone) for n in (0, 1))
            begins, ends = (midnight.astimezone(UTC) for midnight in midnights)  # a day of 23, 24 or 25 hours
            shared = [(kind, min(p.end, ends) - max(p.start, begins)) for p, kind in rows]
            for kind, length in shared:
                if length > timedelta(0):
                    seconds[*cell, kind] += Decimal(length.total_seconds())
            taken = any(length > timedelta(0) for _, length in shared)
            if taken or (car.is_kept and car.created_at.astimezone(car.branch.zone).date() <= day):
                present[cell].add((car.pk, int((ends - begins).total_seconds() // 60)))
    found: dict[str, int] = defaultdict(int)
    for (*_, kind), total in seconds.items():
        found[kind] += int(total // 60)
    found["there"] = sum(minutes for cars in present.values() for _, minutes in cars)
    return found


@pytest.mark.parametrize("days", RANGES)
def test_utilisation_is_what_one_counts_minute_by_minute_also_when_the_clocks_change(days: tuple[date, ...]) -> None:
    totals = asked("utilisation", **span(days))[1].totals
    by_hand = taken_by_hand(days[0], days[-1])
    assert totals["car_minutes"] == by_hand["there"]
    assert totals["rented_minutes"] == by_hand["rental"]
    assert totals["workshop_minutes"] == by_hand["workshop"]
    assert totals["utilisation"] == rounded(Decimal(100 * by_hand["rental"]) / by_hand["there"])


def test_overdue_are_the_cars_that_are_out_too_long() -> None:
    _, table = asked("overdue")
    late = [c for c in Contract.objects.all() if c.status == "active" and c.end_at < NOW]
    assert {row["contract"] for row in table.rows} == {c.pk for c in late} != set()
    assert [row["late_minutes"] for row in table.rows] == sorted(
        (row["late_minutes"] for row in table.rows), reverse=True
    )


def test_deposits_held_are_those_that_the_contracts_themselves_report() -> None:
    _, table = asked("deposits")
    held = {c.pk: c.held for c in Contract.objects.with_money() if c.held}  # type: ignore[attr-defined]
    assert {row["contract"]: row["held"] for row in table.rows} == held != {}
    assert table.totals == {"number": len(held), "held": sum(held.values())}


def test_waived_charges_are_told_by_who_waived_them() -> None:
    _, table = asked("waivers", **{"from": date(2026, 1, 1), "to": date(2026, 11, 24)})
    waived = Charge.objects.filter(status="waived", decided_at__gte=datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert table.totals["number"] == waived.count() > 0
    assert table.totals["amount"] == sum(charge.amount for charge in waived)


def test_what_was_taken_is_counted_at_the_branch_where_the_car_was() -> None:
    days = [NOW.date() - timedelta(days=n) for n in range(20)]
    found: dict[str, Decimal] = defaultdict(Decimal)
    for day in days:
        for row in asked("day-close", on=day)[1].rows:
            found[row["label"]] += row["expected_cash"]
    by_hand: dict[str, Decimal] = defaultdict(Decimal, dict.fromkeys(found, Decimal(0)))
    for payment in Payment.objects.filter(method="cash").select_related(
        "contract__pickup_branch", "contract__return_branch"
    ):
        contract = payment.contract
        back = contract.returned_at and payment.at >= contract.returned_at
        branch = contract.return_branch if back else contract.pickup_branch
        if payment.at.astimezone(branch.zone).date() in days:
            sign = {"payment": 1, "deposit_hold": 1, "refund": -1, "deposit_release": -1}.get(payment.kind, 0)
            by_hand[branch.name] += sign * payment.amount
    assert found == by_hand
    assert any(found.values())


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_fills_every_column_it_promises(name: str) -> None:
    _, table = asked(name)
    for row in table.rows:
        assert {column.name for column in REPORTS[name].columns} == row.keys()
        empty = {column.name for column in REPORTS[name].columns if row[column.name] is None and not column.empty}
        assert empty == set()
    assert {column.name for column in REPORTS[name].totals} <= table.totals.keys()

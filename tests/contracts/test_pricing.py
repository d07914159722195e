"""What a rental costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from contracts import pricing
from contracts.models import Extra
from contracts.pricing import Chosen
from fleet.db.period import Period
from fleet.money import rounded

SARAJEVO = ZoneInfo("Europe/Sarajevo")
TEN = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SARAJEVO)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("hours", "minutes", "days"),
    [
        (0, 1, 1),
        (23, 59, 1),
        (24, 0, 1),
        (24, 59, 1),
        (25, 0, 2),
        (48, 0, 2),
        (48, 59, 2),
        (49, 0, 3),
        (72, 0, 3),
        (24 * 365, 0, 365),
    ],
)
def test_a_started_day_counts_after_59_minutes_of_grace(hours: int, minutes: int, days: int) -> None:
    period = Period(TEN, TEN + timedelta(hours=hours, minutes=minutes))
    assert pricing.rental_days(period, SARAJEVO) == days


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (local(2026, 3, 28, 10), local(2026, 3, 29, 10)),  # 23 hours: the clock goes forward
        (local(2026, 10, 24, 10), local(2026, 10, 25, 10)),  # 25 hours: the clock goes back
    ],
)
def test_from_ten_to_ten_is_one_day_also_when_the_clocks_change(start: datetime, end: datetime) -> None:
    assert pricing.rental_days(Period(start, end), SARAJEVO) == 1


def test_grace_of_59_minutes_holds_on_the_day_the_clocks_go_back() -> None:
    start = local(2026, 10, 24, 10)
    assert pricing.rental_days(Period(start, local(2026, 10, 25, 10, 59)), SARAJEVO) == 1
    assert pricing.rental_days(Period(start, local(2026, 10, 25, 11, 0)), SARAJEVO) == 2


def test_lines_explain_themselves() -> None:
    seat = Extra(code="child_seat", name="Child seat", charge="per_day", price=Decimal("5.00"))
    sim = Extra(code="sim", name="SIM card", charge="per_rental", price=Decimal("9.90"))
    lines = pricing.quote(Decimal("33.33"), 3, [Chosen(seat, 2), Chosen(sim, 1)])
    assert [(line.quantity, line.unit_price, line.amount) for line in lines] == [
        (3, Decimal("33.33"), Decimal("99.99")),
        (2, Decimal("15.00"), Decimal("30.00")),
        (1, Decimal("9.90"), Decimal("9.90")),
    ]
    assert lines[1].explained == "2 × 3 days × 5.00"
    assert pricing.total(lines) == Decimal("139.89")


def test_an_extension_charges_days_and_daily_extras_only() -> None:
    seat = Extra(code="child_seat", name="Child seat", charge="per_day", price=Decimal("5.00"))
    sim = Extra(code="sim", name="SIM card", charge="per_rental", price=Decimal("9.90"))
    lines = pricing.extension(Decimal("30.00"), 2, [Chosen(seat, 1), Chosen(sim, 1)])
    assert [line.amount for line in lines] == [Decimal("60.00"), Decimal("10.00")]


def test_an_extension_within_the_grace_costs_nothing() -> None:
    assert pricing.extension(Decimal("30.00"), 0) == []


@pytest.mark.parametrize(
    ("value", "money"), [("0.005", "0.01"), ("0.015", "0.02"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1", "1.00")]
)
def test_money_is_rounded_half_up(value: str, money: str) -> None:
    assert str(rounded(Decimal(value))) == money

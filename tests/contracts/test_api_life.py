"""One rental through the API, from the first call to the last cent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contracts.api import BACK, FULL, Desk, booking
from tests.factories import contracts as given
from tests.factories.contracts import END, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.json()
    return response.json()


def test_a_rental_lives_from_the_first_call_to_the_last_cent() -> None:
    desk, first, second = Desk(), given.rentable_car(), given.rentable_car()
    seat = given.ExtraFactory(code="child_seat")
    body = booking(first, extras=[{"extra": seat.code}], external_ref="phone-1")

    contract = ok(desk.post("", body), 201)
    here = contract["id"]
    assert (contract["status"], contract["total"], contract["customer"]) == ("pending", "135.00", None)
    confirmed = ok(desk.post(f"{here}/confirm/", {"customer": given.driver().pk, "deposit": {"method": "card"}}))
    assert (confirmed["status"], confirmed["held"]) == ("confirmed", "200.00")

    desk.at = START
    out = ok(desk.post(f"{here}/check-out/", FULL))
    assert (out["status"], out["assignments"][0]["handovers"][0]["by"]["id"]) == ("active", str(desk.user.pk))
    longer = ok(desk.post(f"{here}/extend/", {"end_at": (END + DAY).isoformat()}))
    assert (longer["total"], len(longer["lines"])) == ("180.00", 4)
    swapped = ok(desk.post(f"{here}/swap/", {"car": second.pk, "back": {**FULL, "odometer_km": 1010}, "out": FULL}))
    assert [one["car"]["id"] for one in swapped["assignments"]] == [str(first.pk), str(second.pk)]

    desk.at = END + DAY + timedelta(hours=2)
    dent = {"panel": "bonnet", "kind": "dent", "estimate": "120.00"}
    returned = ok(desk.post(f"{here}/check-in/", {**BACK, "fuel_eighths": 6, "clean": False, "damages": [dent]}))
    found = {charge["kind"]: charge for charge in returned["charges"]}
    assert (returned["status"], found.keys()) == ("returned", {"late", "fuel", "cleaning", "damage"})
    for kind in ("late", "fuel", "cleaning"):
        ok(desk.post(f"/api/v1/charges/{found[kind]['id']}/accept/"))
    waived = {"reason": "The dent was there before."}
    assert ok(desk.post(f"/api/v1/charges/{found['damage']['id']}/waive/", waived))["status"] == "waived"

    owed = ok(desk.get(f"{here}/"))["balance"]
    ok(desk.post(f"{here}/payments/", {"kind": "payment", "method": "card", "amount": owed}), 201)
    closed = ok(desk.post(f"{here}/settle/", {"release_deposit": True}))
    assert (closed["status"], closed["balance"], closed["held"], closed["steps"]) == ("closed", "0.00", "0.00", [])

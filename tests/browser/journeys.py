"""What people do in the admin, as sentences: each function leaves the browser on the page that it ends on."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

PASSWORD = "demo-fleet-2026"
CONTRACTS = "/admin/contracts/contract/"
SARAJEVO = ZoneInfo("Europe/Sarajevo")


@dataclass(frozen=True)
class Wish:
    """A rental that the demo can grant."""

    car: str
    customer: str
    start: datetime
    end: datetime

    @property
    def link(self) -> str:
        times = {"start": f"{self.start:%Y-%m-%dT%H:%M}", "end": f"{self.end:%Y-%m-%dT%H:%M}"}
        return f"{CONTRACTS}add/?{urlencode({'car': self.car, 'customer': self.customer, **times})}"


class Api:
    """The same company through the other door, to find what the journeys need."""

    def __init__(self, address: str, user: str) -> None:
        self.address = f"{address}/api/v1"
        self.token = ""
        self.token = self.ask("/auth/token/", {"username": user, "password": PASSWORD})["access"]

    def ask(self, path: str, body: dict[str, Any] | None = None, **params: str) -> Any:
        sent = json.dumps(body).encode() if body else None
        request = Request(f"{self.address}{path}?{urlencode(params)}", sent)  # noqa: S310 - our own address
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    def rentable_now(self) -> Wish:
        """Return a free car with a tank and a verified driver, for two days from now."""
        start = datetime.now(SARAJEVO).replace(second=0, microsecond=0) + timedelta(minutes=5)
        end = start + timedelta(days=2)
        found = self.ask("/cars/availability/", start=start.isoformat(), end=end.isoformat(), fuel_type="diesel")
        people = self.ask("/customers/", limit="200")["data"]
        sure = f"{end + timedelta(days=30):%Y-%m-%d}"
        driver = next(
            one["id"]
            for one in people
            if one["kind"] == "person" and one["verified_at"] and (one["licence_expires_on"] or "") > sure
        )
        return Wish(found["free"][0]["car"]["id"], driver, start, end)


def log_in(page: Page, user: str) -> None:
    page.goto("/admin/login/")
    page.fill("#id_username", user)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def book(page: Page, wish: Wish) -> str:
    """Book by a link that fills the form in; return the path of the contract's page."""
    page.goto(wish.link)
    send(page, "Book")
    page.wait_for_url("**/change/")
    return page.url


def button(page: Page, name: str) -> Locator:
    """Return the button of a step, by the name that it has in the address."""
    return page.locator(f"#main a[href$='/{name}/']")


def step(page: Page, name: str) -> None:
    """Press a button of the contract's page."""
    button(page, name).click()
    page.wait_for_selector("#step-title")


def send(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def confirm(page: Page) -> None:
    step(page, "confirm")
    page.get_by_label("card", exact=True).check()
    send(page, "Confirm")


def check_out(page: Page) -> int:
    """Check out with what the form proposes; return the odometer."""
    step(page, "check-out")
    odometer = int(page.input_value("#id_out-odometer_km"))
    send(page, "Check out")
    page.get_by_role("link", name="Back", exact=True).click()  # the signature may follow later
    page.wait_for_url("**/change/")
    return odometer


def check_in(page: Page, odometer: int, *, fuel: str, dent: str = "") -> None:
    step(page, "check-in")
    page.fill("#id_back-odometer_km", str(odometer))
    page.get_by_label(fuel, exact=True).check()
    if dent:
        page.locator("[data-panel=roof]").click()
        page.select_option("#id_back-damages-0-kind", "dent")
        page.fill("#id_back-damages-0-estimate", dent)
    page.get_by_label("Decide later").check()
    send(page, "Check in")


def accept_charges(page: Page) -> None:
    step(page, "decide-charges")
    send(page, "Decide charges")


def pay_what_is_owed(page: Page) -> None:
    step(page, "take-payment")
    page.get_by_label("cash", exact=True).check()
    send(page, "Record payment")


def settle(page: Page) -> None:
    step(page, "settle")
    send(page, "Settle")


def status(page: Page) -> str:
    """Return the word in the strip above the contract."""
    return page.locator(".fleet-head .fleet-facts dd .fleet-pill").first.inner_text().strip().lower()


def sideways(page: Page) -> bool:
    """Say whether the page as a whole scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

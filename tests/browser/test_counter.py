"""The counter's work in a real browser, against a company that really runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.journeys import Api

Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def api(company: str) -> Api:
    return Api(company, "agent")


def test_an_agent_rents_a_car_out_and_closes_the_contract(opened: Opened, api: Api) -> None:
    page = opened()
    journeys.log_in(page, "agent")
    journeys.book(page, api.rentable_now())
    assert journeys.status(page) == "pending"
    journeys.confirm(page)
    odometer = journeys.check_out(page)
    assert journeys.status(page) == "on rent"
    journeys.check_in(page, odometer + 120, fuel="6/8", dent="80")
    journeys.accept_charges(page)
    journeys.pay_what_is_owed(page)
    journeys.settle(page)
    assert journeys.status(page) == "closed"


def test_a_taken_car_is_refused_with_its_reason_and_nothing_typed_is_lost(opened: Opened, api: Api) -> None:
    page, wish = opened(), api.rentable_now()
    journeys.log_in(page, "agent")
    journeys.book(page, wish)

    page.goto(wish.link)
    page.get_by_text("Place, channel and notes").click()
    page.fill("#id_notes", "typed with care")
    journeys.send(page, "Book")

    expect(page.get_by_text("Not possible like this:")).to_be_visible()
    expect(page.get_by_text("is taken (rental)")).to_be_visible()
    assert page.input_value("#id_notes") == "typed with care"


def test_a_manager_overrules_the_gate_with_a_reason(opened: Opened, api: Api) -> None:
    page, wish = opened(), api.rentable_now()
    journeys.log_in(page, "manager")
    page.goto(wish.link)
    page.fill("#id_end_at_0", f"{wish.end.replace(year=wish.end.year + 1):%d.%m.%Y}")
    journeys.send(page, "Book")

    words = page.locator("[data-code=too_long]")
    expect(words).to_contain_text("needs a reason")
    expect(words.get_by_label("Why anyway?")).to_be_visible()


def test_a_car_is_found_by_its_plate_while_booking(opened: Opened, api: Api) -> None:
    page = opened()
    plate = api.ask("/cars/", limit="1")["data"][0]["license_plate"]
    journeys.log_in(page, "agent")
    page.goto(f"{journeys.CONTRACTS}add/")

    page.locator("#id_car + .select2").click()
    page.keyboard.type(plate)
    page.locator(".select2-results__option", has_text=plate).click()

    expect(page.locator("#id_car + .select2")).to_contain_text(plate)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_of_the_counter_fits_the_screen_in_silence(opened: Opened, width: int, theme: str) -> None:
    page = opened(width, theme)
    journeys.log_in(page, "manager")
    wide = []
    for standing, step in (("pending", "confirm"), ("confirmed", "check-out"), ("active", "check-in")):
        page.goto(f"{journeys.CONTRACTS}?standing={standing}")
        contract = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
        for address in (f"{journeys.CONTRACTS}add/", contract, contract.split("/change/")[0] + f"/{step}/"):
            page.goto(address)
            wide += [page.url] if journeys.sideways(page) else []
    assert wide == []


def test_who_only_looks_finds_no_buttons(opened: Opened) -> None:
    page = opened()
    journeys.log_in(page, "viewer")
    page.goto(f"{journeys.CONTRACTS}?standing=active")
    page.locator("#result_list a[href*='/change/']").first.click()

    expect(page.locator(".fleet-facts")).to_be_visible()
    assert journeys.button(page, "check-in").count() == 0

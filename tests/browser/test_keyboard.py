"""The main journeys without a mouse: Tab, arrows, Enter, and what is typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import journeys
from tests.browser.journeys import PASSWORD, Api

Opened = Callable[..., Page]
_FURTHEST = 400  # presses of Tab until something counts as out of reach


@pytest.fixture(scope="session")
def api(company: str) -> Api:
    return Api(company, "agent")


@pytest.fixture
def today(opened: Opened) -> Page:
    page = opened()
    log_in(page, "manager")
    return page


def log_in(page: Page, user: str) -> None:
    page.goto("/admin/login/")
    go_to(page, page.locator("#id_username"))
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def go_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, and shows it."""
    wanted = target.first.element_handle()
    for _ in range(_FURTHEST):
        if page.evaluate("one => one === document.activeElement", wanted):
            assert page.evaluate(_SHOWN, wanted), f"{target} has the focus and does not show it"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} is out of the keyboard's reach")


_SHOWN = """one => {
  const near = [one, one.parentElement, one.closest("label"), one.nextElementSibling].filter(Boolean);
  return near.some(found => {
    const style = getComputedStyle(found);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
}"""


def press(page: Page, target: Locator) -> None:
    go_to(page, target)
    page.keyboard.press("Enter")


def press_and_leave(page: Page, target: Locator) -> None:
    go_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def named(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def choose(page: Page, box: str, words: str) -> None:
    """Open a box that searches, type into it and take what it finds first."""
    go_to(page, page.locator(f"{box} + .select2 .select2-selection"))
    page.keyboard.press("Enter")
    page.keyboard.type(words)
    expect(page.locator(".select2-results__option--highlighted", has_text=words)).to_be_visible()
    page.keyboard.press("Enter")


def test_a_car_comes_back(today: Page) -> None:
    press_and_leave(today, today.locator("#main a[href$='/check-in/']"))
    out = today.get_by_text("Out: ").first.inner_text()
    go_to(today, today.locator("#id_back-odometer_km"))
    today.keyboard.press("Control+A")
    today.keyboard.type(str(int("".join(c for c in out if c.isdigit())) + 90))
    if (battery := today.locator("#id_back-battery_pct")).count():  # the first one that is late may be electric
        go_to(today, battery)
        today.keyboard.type("70")
    press_and_leave(today, named(today, "Check in"))

    assert journeys.status(today) == "returned"


def test_a_car_is_found_for_next_weekend(today: Page) -> None:
    press_and_leave(today, today.get_by_role("link", name="Find a car"))
    press_and_leave(today, today.get_by_role("link", name="Next weekend"))
    press_and_leave(today, today.locator(".fleet-chip", has_text="SUV"))

    expect(today.locator(".fleet-chip[aria-current=true]", has_text="SUV")).to_be_visible()


def test_a_known_customer_drives_off(today: Page, api: Api) -> None:
    name = api.ask(f"/customers/{api.rentable_now().customer}/")["name"]

    press_and_leave(today, today.get_by_role("link", name="Find a car"))
    press_and_leave(today, today.locator(".fleet-offer", has_text="diesel").get_by_role("link", name="Rent"))
    choose(today, "#id_customer", name)
    go_to(today, today.locator("[name=deposit_method]"))
    while not today.get_by_label("card", exact=True).is_checked():
        today.keyboard.press("ArrowDown")
    expect(today.locator("[data-quoted]")).to_contain_text("Total")
    press_and_leave(today, named(today, "Create and check out"))
    press_and_leave(today, named(today, "Check out"))

    assert journeys.status(today) == "on rent"


def test_an_insurance_is_renewed(today: Page) -> None:
    press_and_leave(today, today.get_by_role("link", name="Renew"))
    press_and_leave(today, named(today, "Renew"))

    expect(today.get_by_role("status").first).to_contain_text("Renewed until")


def test_the_keys_are_told_by_one_of_them(today: Page) -> None:
    today.keyboard.press("?")

    expect(today.get_by_role("dialog")).to_be_visible()
    today.keyboard.press("Escape")
    expect(today.get_by_role("dialog")).to_be_hidden()

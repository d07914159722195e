"""What the counter does a hundred times a day, in few clicks: each press of the mouse is counted by the browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.journeys import SARAJEVO, Api

Opened = Callable[..., Page]
_COUNTER = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.pressed = Number(sessionStorage.pressed || 0) + 1;
}, true);
"""
_IN_NO_DAMAGE, _IN_WITH_ALL, _FOUND, _RENTED, _RENEWED, _EXTENDED = 3, 6, 3, 7, 3, 3  # clicks from Today, at most


@pytest.fixture(scope="session")
def api(company: str) -> Api:
    return Api(company, "agent")


@pytest.fixture
def today(opened: Opened) -> Page:
    return counted(opened(), "agent")


def counted(page: Page, user: str) -> Page:
    """Return the page after the log-in, from which clicks are counted."""
    page.add_init_script(_COUNTER)
    journeys.log_in(page, user)
    page.goto("/admin/")
    page.evaluate("sessionStorage.pressed = 0")
    return page


def pressed(page: Page) -> int:
    return int(page.evaluate("sessionStorage.pressed"))


def start_check_in(page: Page) -> None:
    """Press the first button of a car that comes back, and type what the odometer says."""
    page.locator("#main a[href$='/check-in/']").first.click()
    out = page.get_by_text("Out: ").first.inner_text()
    page.fill("#id_back-odometer_km", str(int("".join(c for c in out if c.isdigit())) + 90))


def test_a_car_comes_back_without_a_mark_in_three_clicks(today: Page) -> None:
    start_check_in(today)
    journeys.send(today, "Check in")

    assert journeys.status(today) == "returned"
    assert pressed(today) <= _IN_NO_DAMAGE


def test_damage_photo_and_signature_take_six(today: Page, tmp_path: Path) -> None:
    photo = tmp_path / "bumper.jpg"
    Image.new("RGB", (800, 600), "gray").save(photo)

    start_check_in(today)
    today.locator("[data-panel=rear_bumper]").click()
    today.select_option("#id_back-damages-0-kind", "dent")
    today.fill("#id_back-damages-0-estimate", "80")
    expect(today.locator("[data-bill-shown]")).to_contain_text("80.00")
    today.set_input_files("#id_uploads", photo)
    expect(today.locator("[data-files] li")).to_have_count(1)
    sign(today)
    journeys.send(today, "Check in")

    assert journeys.status(today) == "returned"
    assert pressed(today) + 2 <= _IN_WITH_ALL  # and the kind and the photo, which are chosen in boxes of the browser


def test_a_car_for_next_weekend_is_found_in_three_clicks(today: Page) -> None:
    today.get_by_role("link", name="Find a car").first.click()
    today.get_by_role("link", name="Next weekend").click()
    today.locator(".fleet-chip", has_text="SUV").click()

    expect(today.locator(".fleet-chip[aria-current=true]", has_text="SUV")).to_be_visible()
    expect(today.get_by_role("link", name="Rent").first).to_be_visible()
    assert pressed(today) <= _FOUND


def test_a_known_customer_drives_off_in_seven_clicks(today: Page, api: Api) -> None:
    wish = api.rentable_now()
    name = api.ask(f"/customers/{wish.customer}/")["name"]

    today.get_by_role("link", name="Find a car").first.click()
    today.locator(".fleet-offer", has_text="diesel").get_by_role("link", name="Rent").first.click()
    today.locator("#id_customer + .select2").click()
    today.keyboard.type(name)
    today.locator(".select2-results__option", has_text=name).first.click()
    today.get_by_label("card", exact=True).check()
    expect(today.locator("[data-quoted]")).to_contain_text("Total")
    journeys.send(today, "Create and check out")
    today.wait_for_selector("#id_out-odometer_km")
    journeys.send(today, "Check out")

    assert journeys.status(today) == "on rent"
    assert pressed(today) <= _RENTED


def test_a_new_customer_shows_the_papers_where_the_car_goes_out(today: Page, api: Api) -> None:
    wish = api.rentable_now()
    today.goto(wish.link.replace(f"customer={wish.customer}&", ""))
    today.get_by_text("New customer").click()
    named = {"name": "Nova Gošća", "phone": "061 123 456", "birth_date": "01.05.1990"}
    for name, value in named.items() | {("licence_number", "NG77"), ("licence_expires_on", "01.06.2036")}:
        today.fill(f"#id_new-{name}", value)
    today.select_option("#id_new-licence_country", "BA")
    today.get_by_label("card", exact=True).check()
    journeys.send(today, "Create and check out")

    journeys.send(today, "Check out")
    expect(today.get_by_text("tick that you have seen them")).to_be_visible()
    today.get_by_label("I have seen these papers").check()
    journeys.send(today, "Check out")

    assert journeys.status(today) == "on rent"


def test_an_insurance_is_renewed_in_three_clicks(opened: Opened) -> None:
    page = counted(opened(), "manager")
    page.locator("#main a", has_text="Renew").first.click()
    journeys.send(page, "Renew")

    expect(page.get_by_role("status").first).to_contain_text("Renewed until")
    assert pressed(page) <= _RENEWED


def test_a_rental_is_extended_in_three_clicks(today: Page) -> None:
    late, back = (today.locator(f"[aria-labelledby={name}-head] .fleet-item-what a") for name in ("overdue", "back"))
    (back if back.count() else late).last.click()  # late in the evening nobody comes back any more
    journeys.step(today, "extend")
    agreed = datetime.strptime(today.input_value("[name$=end_at_0]"), "%d.%m.%Y").replace(tzinfo=SARAJEVO)
    today.fill("[name$=end_at_0]", f"{max(agreed, datetime.now(SARAJEVO)) + timedelta(days=1):%d.%m.%Y}")
    journeys.send(today, "Extend")

    expect(today.locator("#main")).to_contain_text("is extended to")
    assert pressed(today) <= _EXTENDED


def sign(page: Page) -> None:
    box = page.locator("canvas[data-pad]").bounding_box()
    assert box is not None
    page.locator("canvas[data-pad]").hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()

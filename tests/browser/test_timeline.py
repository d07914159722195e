"""A timeline whose cars come in parts: what came later is as good as what came first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import journeys

Opened = Callable[..., Page]
_FREE = """row => {
  const days = row.querySelector(".tl-days"), box = days.getBoundingClientRect(), y = box.top + box.height / 2;
  const left = row.querySelector(".tl-car").getBoundingClientRect().right;
  for (let x = left + 20; x < Math.min(innerWidth, box.right) - 20; x += 10)
    if (document.elementFromPoint(x, y) === days) return [x, y];
  return null;
}"""


def timeline(page: Page) -> Locator:
    """Open it, and return the rows when none is missing."""
    journeys.log_in(page, "manager")
    page.goto("/admin/timeline/")
    expect(page.locator(".tl-more")).to_have_count(0)
    return page.locator(".tl-row")


def free(rows: Locator) -> tuple[Locator, list[float]]:
    """Return the last car that is free somewhere in sight, and where."""
    for number in reversed(range(rows.count())):
        row = rows.nth(number)
        row.scroll_into_view_if_needed()
        if place := row.evaluate(_FREE):
            return row, place
    pytest.fail("no car is free")


@pytest.mark.parametrize("width", [1440, 390])
def test_free_days_of_a_car_that_came_later_lead_to_a_new_rental(opened: Opened, width: int) -> None:
    page = opened(width)
    rows = timeline(page)
    plates = rows.locator(".tl-car b").all_text_contents()
    row, place = free(rows)
    page.mouse.click(place[0], place[1])

    assert len(plates) == len(set(plates)) >= 60
    assert page.locator(".tl-group").count() == len({*page.locator(".tl-group").all_text_contents()})
    expect(page.locator("#tl-title")).to_have_text(row.locator(".tl-car").inner_text())
    expect(page.locator("#tl-book")).to_be_visible()


def test_keys_go_to_the_last_car_and_begin_where_the_focus_is(opened: Opened) -> None:
    page = opened()
    rows = timeline(page)
    page.locator("#timeline").focus()
    for key in ("ArrowDown", "End", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#tl-title")).to_have_text(rows.last.locator(".tl-car").inner_text())

    page.keyboard.press("Escape")
    rows.nth(30).locator(".tl-car").focus()
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#tl-title")).to_have_text(rows.nth(30).locator(".tl-car").inner_text())


def test_a_part_that_does_not_come_leaves_the_link_to_it(opened: Opened) -> None:
    page = opened()
    page.route("**/timeline/?part=1", lambda route: route.fulfill(body="<p>Log in again</p>", content_type="text/html"))
    journeys.log_in(page, "manager")
    page.goto("/admin/timeline/")

    expect(page.locator(".tl-more a")).to_have_attribute("href", "?part=1")
    assert page.locator(".tl-row").count() == 20

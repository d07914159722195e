"""A log-in that ends while somebody types: what was typed stays, and is sent after logging in again."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.journeys import PASSWORD, log_in

OVER = "Your log-in has ended"


def look_again(page: Page) -> None:
    """Come back to the window, as somebody does who was in another one."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_was_typed_is_saved_after_logging_in_again(opened: Callable[..., Page]) -> None:
    page = opened()
    log_in(page, "manager")
    page.goto("/admin/cars/branch/add/")
    page.fill("[name=code]", "typed-long")
    page.fill("[name=name]", "Typed before the log-in ended")
    session = next(one for one in page.context.cookies() if "session" in one["name"])
    page.context.clear_cookies(name=session["name"])
    page.wait_for_timeout(5_100)  # the bell asks no more often
    look_again(page)
    expect(page.get_by_text(OVER)).to_be_visible()

    with page.expect_popup() as opening:
        page.get_by_role("link", name="Log in in a new window").click()
    other = opening.value
    other.fill("[name=username]", "manager")
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url("**/admin/")
    other.close()
    look_again(page)
    expect(page.get_by_text(OVER)).to_be_hidden()
    page.locator("[name=_save]").click()

    expect(page.get_by_text("Typed before the log-in ended").first).to_be_visible()
    expect(page).to_have_url(re.compile("/admin/cars/branch/$"))

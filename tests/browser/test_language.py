"""The switch between languages, found and pressed without a mouse, at the widths of a desk and of a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys import PASSWORD

ENGLISH = ("Overdue", "Check in", "Going out today", "Find a car", "Log out")


def log_in(page: Page, user: str) -> None:
    page.goto("/admin/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def switch(page: Page, language: str) -> None:
    """Open the menu of the person and press a language, by keys alone."""
    menu = page.locator("[x-on\\:click*=openUserLinks]")
    if not menu.is_visible():
        page.locator("header [aria-label][tabindex], header a[aria-label]").first.press("Enter")
    expect(menu).to_be_visible()
    menu.press("Enter")
    choice = page.locator(f"button[name=language][value={language}]")
    expect(choice).to_be_visible()  # a key that comes before the menu is lost
    choice.press("Enter")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_language_is_switched_by_keyboard_and_stays(opened: Callable[..., Page], width: int) -> None:
    page = opened(width)
    log_in(page, "viewer")
    switch(page, "bs")
    expect(page.locator("html")).to_have_attribute("lang", "bs")
    page.goto("/admin/find/")
    assert not [word for word in ENGLISH if page.get_by_text(word, exact=True).count()]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    switch(page, "en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_log_in_can_be_read_before_anybody_is_known(opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto("/admin/login/")
    page.locator("button[name=language][value=bs]").press("Enter")
    expect(page.get_by_text("Lozinka", exact=False).first).to_be_visible()

"""Windows of people who are logged in."""

from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from tests.browser.examined import Examined
from tests.browser.journeys import PASSWORD


def window_of(browser: Browser, company: str, user: str) -> Iterator[Examined]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    log_in(page, company, user)
    yield Examined(page, company)
    context.close()


def log_in(page: Page, company: str, user: str = "admin") -> None:
    page.goto(f"{company}/admin/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"{company}/admin/")

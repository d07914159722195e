"""Windows of people who are logged in."""

from collections.abc import Iterator

from playwright.sync_api import Browser

from tests.browser.examined import Examined
from tests.browser.journeys import log_in


def window_of(browser: Browser, company: str, user: str) -> Iterator[Examined]:
    context = browser.new_context(base_url=company, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    log_in(page, user)
    yield Examined(page, company)
    context.close()

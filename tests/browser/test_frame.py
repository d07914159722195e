"""Every screen of the admin in a real browser: the strict policy holds, nothing complains, everybody can use it."""

import gzip
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import screens
from tests.browser.examined import Examined
from tests.browser.journeys import log_in
from tests.browser.windows import window_of

_FIRST_VISIT = 300_000  # bytes


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Type to search")).to_be_focused()
    page.keyboard.type("škoda")
    expect(page.get_by_role("link", name="Škoda").first).to_be_visible()


def _keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def _calendar(page: Page) -> None:
    page.locator("button[id^=calendarlink]:visible").first.click()
    expect(page.locator(".calendarbox:visible")).to_have_count(1)


def _choice(page: Page) -> None:
    page.locator("#id_car + .select2").click()
    expect(page.locator(".select2-results__option").nth(1)).to_be_visible()


def _free_days(page: Page) -> None:
    page.locator(".tl-days").nth(6).click(position={"x": 700, "y": 10})
    expect(page.get_by_role("dialog")).to_be_visible()


DIALOGS: Final[dict[str, tuple[str, Callable[[Page], None]]]] = {
    "palette": ("/admin/", _palette),
    "keys": ("/admin/", _keys),
    "user": ("/admin/", lambda page: page.get_by_text("Admin Demo").first.click()),
    "filters": ("/admin/contracts/contract/", lambda page: page.get_by_text("Filters").first.click()),
    "several": ("/admin/cars/car/", lambda page: page.locator("input.action-select").first.check()),
    "calendar": ("/admin/contracts/contract/add/", _calendar),
    "choice": ("/admin/contracts/contract/add/", _choice),
    "free-days": ("/admin/timeline/", _free_days),
}


@pytest.fixture(scope="session")
def stranger(browser: Browser, company: str) -> Iterator[Examined]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield Examined(context.new_page(), company)
    context.close()


@pytest.fixture(scope="session")
def boss(browser: Browser, company: str) -> Iterator[Examined]:
    yield from window_of(browser, company, "admin")


@pytest.mark.parametrize("name", screens.names())
def test_a_screen_keeps_the_policy_and_can_be_used_by_everybody(
    boss: Examined, examples: dict[str, list[str]], name: str
) -> None:
    """In light and dark; and on a phone nothing scrolls sideways."""
    assert _wrong(boss, name, examples.get(name, [])) == []


@pytest.mark.parametrize("name", screens.public())
def test_a_screen_for_strangers_does_so_too(stranger: Examined, examples: dict[str, list[str]], name: str) -> None:
    assert _wrong(stranger, name, examples[name]) == []


@pytest.mark.parametrize("name", DIALOGS)
def test_what_opens_on_a_screen_does_so_too(boss: Examined, name: str) -> None:
    path, show = DIALOGS[name]
    boss.open(path)
    show(boss.page)

    assert boss.complaints(named=f"dialog-{name}") == []


def test_every_screen_that_is_open_to_anybody_was_looked_at(examples: dict[str, list[str]]) -> None:
    assert [name for name, found in examples.items() if not found] == []


def test_what_is_left_out_exists() -> None:
    """An exemption of an address that has gone would hide the next one of that name."""
    assert sorted(screens.LEFT_OUT.keys() - screens.addresses().keys()) == []


def test_a_first_visit_weighs_little(browser: Browser, company: str) -> None:
    """The log-in and the first page, with all that they bring along, as the network carries them."""
    context = browser.new_context(base_url=company)
    page, asked = context.new_page(), set[str]()
    page.on("request", lambda request: asked.add(request.url))
    log_in(page, "admin")
    page.wait_for_load_state("load")
    stream = f"{company}/admin/notices/stream/"  # has no end
    weight = {url: _carried(context.request.get(url).body()) for url in asked - {stream} if url.startswith("http")}
    context.close()

    assert sum(weight.values()) <= _FIRST_VISIT, sorted(weight.items(), key=lambda one: -one[1])[:10]


def _wrong(window: Examined, name: str, paths: list[str]) -> list[str]:
    found = []
    for number, path in enumerate(paths):
        window.open(path)
        kept = name if number == 0 and name in screens.PICTURED else ""
        found += [f"{path} {one}" for one in window.complaints(named=kept, again=number > 0)]
    return found


def _carried(body: bytes) -> int:
    """Return the length as production sends it: static files are compressed when they are collected."""
    return min(len(body), len(gzip.compress(body)))

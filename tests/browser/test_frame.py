"""Every page of the admin in a real browser: the strict policy holds, nothing complains, everybody can use it."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page

from tests.browser.journeys import PASSWORD

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")
_MOST_PAGES = 250
_FIRST_VISIT = 300_000  # bytes
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Crawl:
    """Follows every link of the admin once per kind of page."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._own(request.url))

    def _own(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.said.append(f"asks {url}")

    def pages(self) -> Iterator[str]:
        """Yield the kind of page that is open, e.g. /admin/cars/car/<id>/change/."""
        waiting, seen = [f"{self.address}/admin/"], set[str]()
        while waiting and len(seen) < _MOST_PAGES:
            url = waiting.pop(0)
            kind = _ID.sub("<id>", url.split("?")[0].removeprefix(self.address))
            # What is downloaded is no page.
            if (
                kind in seen
                or "/logout/" in kind
                or "/jsi18n/" in kind
                or "." in kind
                or "/export/" in kind
                or kind.endswith("/file/")
            ):
                continue
            seen.add(kind)
            try:
                answer = self.page.goto(url)
            except Error as error:
                if "Download is starting" in str(error):
                    continue
                raise
            assert answer is not None
            assert answer.status == 200, url
            self.page.wait_for_timeout(250)  # Alpine and Select2 draw after the page has loaded
            yield kind
            links = self.page.eval_on_selector_all("a[href]", "found => found.map(a => a.href.split('#')[0])")
            waiting += [link for link in links if link.startswith(f"{self.address}/admin/")]


@pytest.fixture
def crawl(browser: Browser, company: str) -> Iterator[Crawl]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    _log_in(page, company)
    yield Crawl(page, company)
    context.close()


def test_every_page_keeps_the_policy_and_can_be_used_by_everybody(crawl: Crawl) -> None:
    """In light and dark; and on a phone nothing scrolls sideways."""
    complaints: list[str] = []
    for kind in crawl.pages():
        found = [
            *_barriers(crawl.page, "light"),
            *_barriers(crawl.page, "dark"),
            *_out_of_reach(crawl.page),
            *_overflow(crawl.page),
            *crawl.said,
        ]
        crawl.said.clear()
        complaints += [f"{kind} {one}" for one in found]

    assert not complaints, "\n".join(complaints)


def test_a_first_visit_weighs_little(browser: Browser, company: str) -> None:
    """The log-in and the first page, with all that they bring along, as the network carries them."""
    context = browser.new_context()
    page, asked = context.new_page(), set[str]()
    page.on("request", lambda request: asked.add(request.url))
    _log_in(page, company)
    page.wait_for_load_state("networkidle")
    weight = {url: _carried(context.request.get(url).body()) for url in asked if url.startswith("http")}
    context.close()

    assert sum(weight.values()) <= _FIRST_VISIT, sorted(weight.items(), key=lambda one: -one[1])[:10]


def _carried(body: bytes) -> int:
    """Return the length as production sends it: static files are compressed when they are collected."""
    return min(len(body), len(gzip.compress(body)))


def _log_in(page: Page, company: str) -> None:
    page.goto(f"{company}/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"{company}/admin/")


def _barriers(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    # Select2's own search box is empty and as wide as its text: nothing of it is seen that could lack contrast.
    part = {"exclude": [[".select2-search--inline"]]}
    violations = Axe().run(page, context=part, options={"runOnly": _RULES}).response["violations"]
    return [f"{scheme}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]


def _out_of_reach(page: Page) -> list[str]:
    """Return what answers to a click and cannot have the focus."""
    return list(page.evaluate(_MICE_ONLY))


_MICE_ONLY = """() => [...document.querySelectorAll("*")]
  .filter(one => [...one.attributes].some(({name}) => /^(x-on:|@)click(?!\\.(away|outside))/.test(name)))
  .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(one => !one.closest("a[href], button, input, select, textarea, summary, label, [tabindex]"))
  .filter(one => !one.matches("html, body, .fixed.inset-0"))
  .map(one => "only a mouse reaches " + one.outerHTML.slice(0, 160))
"""


def _overflow(page: Page) -> list[str]:
    page.set_viewport_size({"width": 390, "height": 844})
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{over} px too wide for a phone"] if over > 0 else []

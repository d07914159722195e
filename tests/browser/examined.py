"""What every screen must bear: the strict policy, a silent console, axe, the keyboard, a phone."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page

_WIDE, _PHONE = 1440, 390
_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_HIGH, _HIGHEST = 900, 6000
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS: Final = ["color-contrast", "link-in-text-block"]  # all that a scheme can change
_SIDEBAR: Final = "#nav-sidebar"  # the same on every page: it is read once
_PATIENCE: Final = 30_000  # milliseconds, for whatever a page is asked


@dataclass
class Examined:
    """A window in which screens are looked at, one after the other."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)
    knows_sidebar: bool = False

    def __post_init__(self) -> None:
        self.page.set_default_timeout(_PATIENCE)
        self.page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._own(request.url))

    def _own(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.said.append(f"asks {url}")

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None, path
        assert answer.status == 200, f"{path} answers {answer.status}"
        lost = "/login/" in self.page.url and "/login/" not in path
        assert not lost, f"{path} leads to {self.page.url}"

    def complaints(self, *, named: str = "", again: bool = False) -> list[str]:
        """Return what is wrong with the page as it is now: in light, in dark and on a phone.

        With a name its pictures are kept. Another page of a screen that was looked at has no colours of its own.
        """
        self.said += self._ask(_SETTLED)
        self._resize(_WIDE)
        self.said += self._ask(_STRUCTURE)
        for scheme in _SCHEMES[:1] if again else _SCHEMES:
            self._paint(scheme)
            rules = {"type": "tag", "values": _RULES} if scheme == "light" else {"type": "rule", "values": _OF_COLOURS}
            self.said += [f"{scheme}: {one}" for one in self._barriers(rules)]
            self._keep(named, f"1440-{scheme}")
        self.said += self._ask(_OUT_OF_REACH)
        self._resize(_PHONE)
        self.said += self._ask(_SIDEWAYS)
        self.said += [f"phone: {one}" for one in self._barriers({"type": "rule", "values": ["target-size"]})]
        for scheme in reversed(_SCHEMES) if named else ():
            self._paint(scheme)
            self._keep(named, f"390-{scheme}")
        return self._told()

    def complaints_of(self, language: str) -> list[str]:
        """Return what is wrong with the page in another language, whose words are longer, on a phone."""
        self.said += self._ask(_SETTLED)
        self._resize(_PHONE)
        self.said += self._ask(_LANGUAGE % json.dumps(language))
        self.said += self._ask(_STRUCTURE)
        self.said += self._ask(_SIDEWAYS)
        return self._told()

    def _told(self) -> list[str]:
        self._paint(_SCHEMES[0])
        self.page.set_viewport_size({"width": _WIDE, "height": _HIGH})
        found = list(dict.fromkeys(self.said))
        self.said.clear()
        self.knows_sidebar |= self.page.locator(_SIDEBAR).count() > 0
        return found

    def _keep(self, named: str, how: str) -> None:
        if named and (folder := os.environ.get("SHOTS")):
            self.page.screenshot(path=Path(folder) / f"{named}-{how}.png")

    def _resize(self, width: int) -> None:
        """Show the page whole: axe takes what has been scrolled under the bar of buttons for covered by it."""
        self.page.set_viewport_size({"width": width, "height": _HIGH})
        high = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": min(max(high, _HIGH), _HIGHEST)})

    def _paint(self, scheme: Literal["light", "dark"]) -> None:
        """Change the scheme as the switch does; Unfold asks the system only while a page loads."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")

    def _barriers(self, rules: dict[str, Any]) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        # Select2's own search box is empty and as wide as its text: nothing of it is seen that could lack contrast.
        part = {"exclude": [[".select2-search--inline"], *([[_SIDEBAR]] if self.knows_sidebar else [])]}
        return self._ask(_AXE % (json.dumps(part), json.dumps({"runOnly": rules, "resultTypes": ["violations"]})))

    def _ask(self, promise: str) -> list[str]:
        """Evaluate; a page that does not answer is a complaint and not the end of everything."""
        try:
            found: list[str] = self.page.evaluate(_IN_TIME % (promise, _PATIENCE))
        except Error as error:
            return [f"does not answer: {error.message[:200]}"]
        return found


# Playwright waits for ever for what a page evaluates.
_IN_TIME: Final = """() => Promise.race([
  (%s)(),
  new Promise((_, fail) => setTimeout(() => fail(new Error("too slow")), %d)),
])"""

# Alpine and Select2 draw after the page has loaded; the stream of the bell stays open, so no network ever falls idle.
_SETTLED: Final = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await document.fonts.ready;
  while (document.querySelector("[x-cloak]")) await frame();
  await frame();
  await frame();
  return [];
}"""

_AXE: Final = """async () => (await axe.run(%s, %s)).violations.flatMap(one =>
  one.nodes.slice(0, 3).map(node => one.id + ": " + node.html.slice(0, 200)))"""

_OUT_OF_REACH: Final = """async () => [...document.querySelectorAll("*")]
  .filter(one => [...one.attributes].some(({name}) => /^(x-on:|@)click(?!\\.(away|outside))/.test(name)))
  .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(one => !one.closest("a[href], button, input, select, textarea, summary, label, [tabindex]"))
  .filter(one => !one.matches("html, body, .fixed.inset-0"))
  .map(one => "only a mouse reaches " + one.outerHTML.slice(0, 160))"""

_SIDEWAYS: Final = """async () => {
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return over > 0 ? [over + " px too wide for a phone"] : [];
}"""

# One heading of the page; of its buttons one is coloured, the step that comes next.
_STRUCTURE: Final = """async () => {
  const seen = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const headings = [...document.querySelectorAll("h1")].filter(seen);
  const ground = (one) => getComputedStyle(one).backgroundColor;
  const probe = document.body.appendChild(Object.assign(document.createElement("i"), {className: "bg-primary-600"}));
  const primary = ground(probe);
  probe.remove();
  const main = [...document.querySelectorAll("#main :is(a, button, input[type=submit])")]
    .filter((one) => seen(one) && ground(one) === primary)
    .filter((one) => !one.closest("dialog, .tl-row, #changelist-filter, [aria-current]"));
  return [
    ...(headings.length === 1 ? [] : [headings.length + " h1: " + headings.map((one) => one.textContent.trim())]),
    ...(main.length <= 1 ? [] : [main.length + " primary buttons: " + main.map((one) => one.outerHTML.slice(0, 120))]),
  ];
}"""

_LANGUAGE: Final = """async () => {
  const said = document.documentElement.lang;
  return said === %s ? [] : ["says that it is in " + said];
}"""

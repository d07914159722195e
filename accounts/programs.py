"""What a browser or a program calls itself, told as a person would: "Firefox on Windows"."""

import re
from typing import Final

from django.utils.translation import gettext

# The first that fits: each browser also names those it wants to be taken for.
_BROWSERS: Final = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/.*Safari/"),
)
_SYSTEMS: Final = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def told(program: str) -> str:
    """Return what the owner of a log-in knows it by; of what is no browser, the name it gives itself."""
    browser, system = _first(_BROWSERS, program), _first(_SYSTEMS, program)
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    own_name = re.match(r"[^\s/(]{1,40}", program)
    return browser or (own_name.group() if own_name else gettext("unknown program"))


def _first(known: tuple[tuple[str, str], ...], program: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, program)), "")

"""Every screen speaks Bosnian to who reads Bosnian: no text is missing, and none is left in English."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.text import capfirst

from accounts.roles import ROLES
from fleet import translations
from fleet.admin.pages import pages
from tests.factories.accounts import UserFactory
from tests.guards.test_admin_pages import address, open_to

STEPS = ("changelist", "add", "change", "history", "delete")
# Read by people in attributes; everything else they see is text.
SPOKEN = ("aria-label", "title", "placeholder", "alt")
# The product, of whose name the heading of a group only looks like a repetition; codes that stand in rows; and a name
# that its own record shows as it is kept, because it is changed there.
NAMES = {"Fleet", "Id", "counter", "Child seat", *ROLES}


class Texts(HTMLParser):
    """What a page says, in pieces; names of icons are no text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent = tag in ("script", "style") or "material-symbols" in (given.get("class") or "")
        self.found |= {value for name in SPOKEN if (value := given.get(name))}

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.add(re.sub(r"\s+", " ", data).strip(" :*"))


def english() -> set[str]:
    """Return the texts that read differently in Bosnian, also as they begin a sentence."""
    entries = translations.catalogue("bs")
    bosnian = {form for entry in entries for form in (entry.msgstr, *entry.msgstr_plural.values())}
    texts = {entry.msgid for entry in entries} - bosnian
    return texts | {str(capfirst(text)) for text in texts} - {str(capfirst(text)) for text in bosnian}


def addresses() -> Iterator[str]:
    yield "/admin/"
    yield from (reverse(f"admin:{page.name}") for page in pages() if "<" not in page.path and page.title)
    for model in open_to("admin"):
        yield from filter(None, (address(model, step) for step in STEPS))


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_nothing_is_left_untranslated(domain: str) -> None:
    assert list(translations.complaints("bs", domain)) == []


def test_no_page_of_the_admin_says_in_english_what_it_could_say_in_bosnian(planted: None) -> None:
    client, wanted = Client(), english()
    client.force_login(UserFactory(role="admin", language="bs"))
    left = {}
    for where in addresses():
        answer = client.get(where)
        if answer.streaming:
            answer.getvalue()  # read to its end, a file is closed
        elif "text/html" in answer.headers.get("Content-Type", ""):
            left[where] = Texts(answer.content.decode()).found & wanted - NAMES
    assert len(left) > len(admin.site._registry)
    assert "\n".join(f"{where}: {', '.join(sorted(found))}" for where, found in left.items() if found) == ""

"""Screens of the admin on a phone in Bosnian; a file of its own, for a worker beside that of test_frame.py.

CI looks at the main ones, `EVERY=1 .venv/bin/pytest …` at all.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import rarities, screens
from tests.browser.examined import Examined
from tests.browser.windows import window_of


@pytest.fixture(scope="session")
def reader(browser: Browser, company: str, examples: dict[str, list[str]]) -> Iterator[Examined]:
    """Look with the eyes of an administrator who reads Bosnian; the examples bring him along."""
    yield from window_of(browser, company, rarities.READER)


@pytest.mark.parametrize("name", [one for one in screens.names() if os.environ.get("EVERY") or one in screens.PICTURED])
def test_a_screen_has_room_for_the_longer_words_of_bosnian(
    reader: Examined, examples: dict[str, list[str]], name: str
) -> None:
    """That none of them is left in English: tests/guards/test_languages.py."""
    found = []
    for path in examples.get(name, [])[:1]:
        reader.open(path)
        found += [f"{path} {one}" for one in reader.complaints_of("bs")]
    assert found == []

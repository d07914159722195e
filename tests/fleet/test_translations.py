"""The catalogues: what is found in the sources, and what `manage.py check_translations` says of them."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from fleet import spoken, translations

pytestmark = pytest.mark.django_db
TEXT = "The car is taken in this period."


@pytest.fixture
def catalogue(tmp_path: Path, settings: Any) -> Path:
    """Return a copy of our catalogue, up to date, that a test may spoil."""
    shutil.copytree(settings.LOCALE_PATHS[0], tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    translations.update("bs")
    return tmp_path / "locale/bs/LC_MESSAGES/django.po"


def spoil(path: Path, change: Callable[[Any], None]) -> None:
    entries = polib.pofile(str(path))
    change(entries.find(TEXT))
    entries.save()
    entries.save_as_mofile(str(path.with_suffix(".mo")))


def complaints() -> set[tuple[str, str]]:
    return {(kind, text) for kind, text in translations.complaints("bs") if text in (TEXT, "bs/django.mo")}


def test_texts_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        '_("one" " two")\nngettext("%(n)s day", "%(n)s days", n)\npgettext("verb", "Back")\n'
    )
    (tmp_path / "b.html").write_text("{% translate 'three' %}{% blocktranslate %}four {{ x }}{% endblocktranslate %}")
    found: spoken.Messages = {}
    spoken.gather(found, tmp_path, tmp_path, (".py", ".html"))
    assert set(found) == {("", "one two"), ("", "%(n)s day"), ("verb", "Back"), ("", "three"), ("", "four %(x)s")}
    assert found["", "%(n)s day"].plural == "%(n)s days"


def test_what_a_package_does_not_say_itself_is_wanted_too() -> None:
    wanted = spoken.wanted("bs")
    assert ("", "Save and continue editing") in wanted  # Unfold has no Bosnian
    assert ("", "This field is required.") not in wanted  # Django has


def test_a_catalogue_in_order_draws_no_complaint(catalogue: Path) -> None:
    assert complaints() == set()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("missing", lambda entry: setattr(entry, "msgstr", "")),
        ("fuzzy", lambda entry: entry.flags.append("fuzzy")),
        ("placeholders", lambda entry: setattr(entry, "msgstr", "Vozilo %(plate)s")),
    ],
)
def test_what_is_wrong_with_a_text_is_named(catalogue: Path, kind: str, change: Callable[[Any], None]) -> None:
    spoil(catalogue, change)
    assert complaints() == {(kind, TEXT)}


def test_a_text_that_nobody_says_any_more_is_named_and_removed(catalogue: Path) -> None:
    spoil(catalogue, lambda entry: setattr(entry, "msgid", "Gone."))
    assert ("obsolete", "Gone.") in set(translations.complaints("bs"))
    assert translations.update("bs") == 1
    assert ("obsolete", "Gone.") not in set(translations.complaints("bs"))


def test_a_compiled_catalogue_that_is_behind_is_named(catalogue: Path) -> None:
    catalogue.with_suffix(".mo").write_bytes(b"")
    assert complaints() == {("stale", "bs/django.mo")}


def test_the_command_counts_and_ends_with_warnings(catalogue: Path) -> None:
    spoil(catalogue, lambda entry: setattr(entry, "msgstr", ""))
    said = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("check_translations", stderr=said)
    assert caught.value.returncode == 3
    assert f"bs: missing: {TEXT}" in said.getvalue()


def test_the_command_brings_the_catalogue_up_to_date(catalogue: Path) -> None:
    catalogue.with_suffix(".mo").write_bytes(b"")
    call_command("check_translations", "--update", "--json", stdout=io.StringIO(), stderr=io.StringIO())
    assert complaints() == set()


def test_three_forms_of_number_are_used() -> None:
    with translation.override("bs"):
        said = [translation.ngettext("%(n)s day", "%(n)s days", n) % {"n": n} for n in (1, 2, 5, 21)]
    assert said == ["1 dan", "2 dana", "5 dana", "21 dan"]

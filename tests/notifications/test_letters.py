"""Every letter in every language: complete, the same in text and HTML, safe with what people are called."""

import pytest

from deploy.letters import EMAILS, compiled
from notifications.letters import LANGUAGES, TEMPLATES, render
from notifications.samples import SAMPLES


def test_the_frame_is_what_its_source_says() -> None:
    assert (EMAILS / "base.html").read_text() == compiled(), "run .venv/bin/python deploy/letters.py"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_says_the_same_in_text_and_html(template: str, language: str) -> None:
    letter = render(template, language, SAMPLES[template])

    assert letter.subject
    assert "{{" not in letter.text + letter.html
    assert f'<html lang="{language}"' in letter.html
    for value in ("reference", "link", "total"):
        if value in SAMPLES[template]:
            assert str(SAMPLES[template][value]) in letter.text
            assert str(SAMPLES[template][value]) in letter.html


def test_a_name_is_no_markup() -> None:
    letter = render("invitation", "en", {**SAMPLES["invitation"], "name": "<b>O'Neil & Sons</b>"})

    assert "<b>O'Neil" not in letter.html
    assert "<b>O'Neil & Sons</b>" in letter.text


def test_an_unknown_language_is_answered_in_english() -> None:
    assert render("overdue", "de", SAMPLES["overdue"]) == render("overdue", "en", SAMPLES["overdue"])


@pytest.mark.parametrize("template", ["booking_confirmed", "pick_up_tomorrow", "receipt", "overdue"])
def test_no_english_word_is_left_in_a_bosnian_letter(template: str) -> None:
    letter = render(template, "bs", SAMPLES[template])

    for word in ("Contract", "Car:", ">Car<", "Pick-up", "Return", "Price", "Deposit", "Phone"):
        assert word not in letter.text + letter.html

"""The fonts hold what is shown: an icon that is missing would be printed as its name."""

from deploy.fonts import icons_kept, icons_named


def test_every_icon_that_may_be_shown_is_in_the_font() -> None:
    assert icons_named() - icons_kept() == set(), "run .venv/bin/python deploy/fonts.py"

"""Our stylesheet says once how a thing is laid out."""

import re
from collections import Counter
from pathlib import Path

STYLES = Path(__file__).parents[2] / "static/fleet/app.css"


def test_a_class_is_laid_out_once_so_that_no_page_changes_another() -> None:
    laid_out = Counter(re.findall(r"^(\.fleet-[a-z-]+) \{[^}]*\bdisplay:", STYLES.read_text(), flags=re.MULTILINE))

    assert [name for name, times in laid_out.items() if times > 1] == []
    assert len(laid_out) > 20

"""Log-ins are told by what people know them by, not by what browsers send."""

import pytest
from django.utils import translation

from accounts import programs

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (f"{WINDOWS}; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        (f"{WINDOWS}) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS}) {CHROME} Safari/537.36 Edg/142.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; SM-S918B) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.0 Safari/605.1.15", "Safari on Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU OS 18_7 like Mac OS X) {APPLE} Version/26.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.14.1", "curl"),
        ("python-httpx/0.28", "python-httpx"),
        ("", "unknown program"),
        ("(?)", "unknown program"),
    ],
)
def test_a_program_is_told_as_its_owner_knows_it(sent: str, told: str) -> None:
    with translation.override("en"):
        assert programs.told(sent) == told


def test_it_is_told_in_the_readers_language() -> None:
    with translation.override("bs"):
        assert programs.told(f"{WINDOWS}; rv:145.0) Gecko/20100101 Firefox/145.0") == "Firefox, Windows"

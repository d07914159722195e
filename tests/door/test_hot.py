"""The short way to hot reads leaves out what it names, and what it takes over from gunicorn says the same."""

import pytest
from django.conf import settings

from fleet import hot
from fleet.door.worker import _has_invalid_header_chars


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    assert set(settings.MIDDLEWARE) >= hot._LEFT_OUT


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        ("GET", "/api/v1/cars/", True),
        ("GET", "/api/v1/cars/01a20bdb-ed74-7c63-b677-1200b5b4e000/", True),
        ("GET", "/api/v1/cars/availability/", True),
        ("POST", "/api/v1/contracts/", False),
        ("GET", "/api/v1/cars/export/", False),
        ("GET", "/api/v1/cars/01a20bdb-ed74-7c63-b677-1200b5b4e000/history/", False),
        ("GET", "/admin/", False),
    ],
)
def test_the_short_way_is_for_hot_reads_alone(method: str, path: str, taken: bool) -> None:
    assert hot.takes(method, path) is taken
    assert bool(hot.view_of(path)) is (taken or method == "POST")


@pytest.mark.parametrize("byte", range(256))
def test_a_header_has_the_same_bytes_that_are_no_good(byte: int) -> None:
    allowed = (byte >= 0x20 and byte != 0x7F) or byte == 0x09  # RFC 9110 §5.5: VCHAR, SP, HTAB, obs-text
    assert _has_invalid_header_chars(None, b"Bearer " + bytes([byte])) is not allowed

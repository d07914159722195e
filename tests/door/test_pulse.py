"""What the beats of Redis prove, by its own clock."""

import math

import pytest

from fleet.door.pulse import QUARANTINE, SILENCE, Pulse


def beaten(*moments: float) -> Pulse:
    pulse = Pulse(quarantine=0)
    for moment in moments:
        pulse.beat(moment)
    return pulse


def test_nothing_is_vouched_for_before_the_first_beat() -> None:
    pulse = Pulse(quarantine=0)
    assert pulse.vouches(100.0) is None
    assert not pulse.sound


def test_what_is_told_between_beats_is_believed() -> None:
    pulse = beaten(100.0, 100.1, 100.2)
    assert pulse.vouches(100.15) is True
    assert pulse.vouches(100.2 + SILENCE / 2) is True


def test_what_is_told_long_after_the_last_beat_waits_for_the_next() -> None:
    pulse = beaten(100.0)
    assert pulse.vouches(100.5) is None
    for moment in (100.1, 100.2, 100.3, 100.4):  # they lay in the socket while we were stuck
        assert pulse.beat(moment) == 0
    assert pulse.vouches(100.5) is True


def test_after_a_silence_nothing_is_believed_for_a_while_whenever_it_is_read() -> None:
    pulse = beaten(100.0)
    assert pulse.beat(100.7) == pytest.approx(0.7)
    assert (pulse.vouches(100.75), pulse.sound) == (False, False)
    for tenth in range(1, 22):
        pulse.beat(100.7 + tenth / 10)
    assert pulse.vouches(100.7 + QUARANTINE - 0.05) is False
    assert pulse.vouches(100.7 + QUARANTINE + 0.05) is True


def test_a_clock_that_was_set_back_proves_nothing() -> None:
    pulse = beaten(100.0, 100.1)
    pulse.beat(50.0)
    assert pulse.vouches(50.1) is False


def test_a_connection_that_is_made_again_begins_with_a_quarantine() -> None:
    pulse = Pulse(QUARANTINE)
    pulse.beat(100.0)
    assert pulse.vouches(100.1) is False
    assert pulse.vouches(math.inf) is None

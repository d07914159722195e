"""The world of the guards, for tests that ask every operation of the document."""

from tests.guards.conftest import _planted, planted

__all__ = ["_planted", "planted"]

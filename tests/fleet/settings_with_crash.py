"""Fleet's settings, and an address that breaks."""

from fleet.settings import *  # noqa: F403

ROOT_URLCONF = "tests.fleet.urls_with_crash"

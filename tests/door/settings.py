"""Fleet's settings with addresses that try the door: slow, streaming, large, failing."""

from fleet.settings import *  # noqa: F403

ROOT_URLCONF = "tests.door.urls"
PROMETHEUS_EXPORT_MIGRATIONS = False

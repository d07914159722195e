"""Logs to standard error, one line each; Sentry only where a DSN is set."""

import sentry_sdk

from fleet.settings import env
from fleet.settings.base import ENVIRONMENT, VERSION

LOG_LEVEL = env.choice("FLEET_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "fleet.observability.request_id.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}

SENTRY_DSN = env.optional("SENTRY_DSN")
if SENTRY_DSN:  # without one its hooks would still cost 0.4 ms a request
    sentry_sdk.init(dsn=SENTRY_DSN, release=VERSION, environment=ENVIRONMENT, send_default_pii=False)

METRICS_TOKEN = env.optional("FLEET_METRICS_TOKEN")
PROMETHEUS_EXPORT_MIGRATIONS = False  # it would ask the database while Django starts

# manage.py doctor: room → where its questions are.
FLEET_DOCTOR = {
    "config": ["fleet.observability.checkup.CONFIG", "accounts.checkup.CHECKS"],
    "database": ["fleet.observability.checkup.DATABASE"],
    "services": ["fleet.observability.checkup.SERVICES", "files.checkup.CHECKS"],
    "queues": ["notifications.checkup.CHECKS", "contracts.checkup.CLOCK", "audit.checkup.CLOCK"],
    "data": ["contracts.checkup.CHECKS", "fleet.seed.checks.CHECKS"],
    "trail": ["audit.checkup.CHECKS"],
}

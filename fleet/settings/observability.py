"""Logs to standard error, one line each; Sentry only where a DSN is set."""

from fleet.observability import logs, sentry
from fleet.settings import env
from fleet.settings.base import ENVIRONMENT, VERSION

LOG_LEVEL = env.choice("FLEET_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

# json: one object a line, for programs; line: for people.
LOG_FORMAT = env.choice("FLEET_LOG_FORMAT", "json" if ENVIRONMENT == "production" else "line", ("json", "line"))
# A line per request, from the door; it costs nothing that one could measure. Tests would only read over it.
ACCESS_LOG = LOG_FORMAT if env.flag("FLEET_ACCESS_LOG", default=ENVIRONMENT != "test") else "off"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "fleet.observability.logs.JsonFormatter"},
        "line": {"()": "fleet.observability.logs.LineFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        # gunicorn sets both up before Django does.
        "gunicorn.error": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        "gunicorn.access": {"handlers": [], "propagate": False},
    },
}
logs.configure()

SENTRY_DSN = env.optional("SENTRY_DSN")
if SENTRY_DSN:  # without one its hooks would still cost 0.4 ms a request
    sentry.start(SENTRY_DSN, release=VERSION, environment=ENVIRONMENT)

METRICS_TOKEN = env.optional("FLEET_METRICS_TOKEN")
PROMETHEUS_EXPORT_MIGRATIONS = False  # it would ask the database while Django starts

# What /metrics asks for when it is asked: functions that yield families (fleet/observability/scraped.py).
FLEET_GAUGES = ["fleet.observability.scraped.queues", "notifications.gauges.outboxes"]

# manage.py doctor: room → where its questions are.
FLEET_DOCTOR = {
    "config": ["fleet.observability.checkup.CONFIG", "accounts.checkup.CHECKS"],
    "database": ["fleet.observability.checkup.DATABASE"],
    "services": ["fleet.observability.checkup.SERVICES", "files.checkup.CHECKS"],
    "queues": ["notifications.checkup.CHECKS", "contracts.checkup.CLOCK", "audit.checkup.CLOCK"],
    "data": ["contracts.checkup.CHECKS", "fleet.seed.checks.CHECKS"],
    "trail": ["audit.checkup.CHECKS"],
}

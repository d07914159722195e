"""Apps, middleware, templates, language and time."""

import tomllib
from pathlib import Path

from fleet.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

DEBUG = env.flag("FLEET_DEBUG", default=False)
# demo = the pocket company of `make demo`; test = pytest; anything else must bring its own secrets.
ENVIRONMENT = env.choice("FLEET_ENVIRONMENT", "production", ("demo", "test", "production"))

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "fleet.apps.FleetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "auditlog",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "accounts.apps.AccountsConfig",
    "files.apps.FilesConfig",
    "notifications.apps.NotificationsConfig",
    "cars.apps.CarsConfig",
    "customers.apps.CustomersConfig",
    "contracts.apps.ContractsConfig",
    "audit.apps.AuditConfig",
    # Last on purpose: its post_migrate gives the roles their permissions, when every app has created its own.
    "fleet.apps.FleetConfig",
]

MIDDLEWARE = [
    "fleet.observability.request_id.RequestIdMiddleware",
    "fleet.observability.health.HealthMiddleware",
    "fleet.observability.metrics.MetricsMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fleet.compression.CompressionMiddleware",
    "fleet.api.cors.CorsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.language.LanguageMiddleware",
    "fleet.actor.ActorMiddleware",
    "fleet.db.replicas.RememberWritesMiddleware",
    "accounts.presence.PresenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fleet.api.handlers.RefusalPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "fleet.urls"
WSGI_APPLICATION = "fleet.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bs", "Bosanski")]
# Ours stands above those of Django, Unfold and the others: `manage.py check_translations` says what is missing.
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "fleet_language"  # for the log-in; who is known has a language of his own
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("FLEET_TIME_ZONE", "Europe/Sarajevo")
# 24-hour clock, day first: what a counter in Europe writes, whatever the language of the screen.
FORMAT_MODULE_PATH = ["fleet.formats"]

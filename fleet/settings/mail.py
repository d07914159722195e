"""Outgoing e-mail."""

from environ import Env

from fleet.settings import env
from fleet.settings.base import ENVIRONMENT
from fleet.settings.security import ALLOWED_HOSTS, HTTPS

_smtp = Env.email_url_config(
    env.url("SMTP_URL", "smtp://127.0.0.1:1025", schemes=("smtp", "smtp+tls", "smtps", "smtp+ssl"))
)

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _smtp["EMAIL_HOST"],
            "port": _smtp["EMAIL_PORT"],
            "username": _smtp.get("EMAIL_HOST_USER") or "",
            "password": _smtp.get("EMAIL_HOST_PASSWORD") or "",
            "use_tls": bool(_smtp.get("EMAIL_USE_TLS")),
            "use_ssl": bool(_smtp.get("EMAIL_USE_SSL")),
            "timeout": 5,
        },
    }
}
DEFAULT_FROM_EMAIL = env.text("FLEET_MAIL_FROM", "Fleet <fleet@example.com>")
FLEET_MAILBOX = env.optional("FLEET_MAILBOX")  # the folder of a local mail server, for `manage.py mailbox`

# Where links in letters lead: never taken from a request, whose Host header anybody can write.
_home = "http://testserver" if ENVIRONMENT == "test" else f"http{'s' * HTTPS}://{ALLOWED_HOSTS[0].lstrip('.')}"
FLEET_URL = env.url("FLEET_URL", _home, schemes=("http", "https")).rstrip("/")
FLEET_MAIL_QUEUE = "notifications.mail.queue"  # (template, to=, language=, context=, key=): the letters of accounts
# Seconds that a worker may keep a letter in hand; when it is killed, somebody else takes the letter after that.
MAIL_LEASE_SECONDS = env.whole("FLEET_MAIL_LEASE_SECONDS", 120, least=2, most=3600)
# Templates with a link that opens an account: it is made when the letter leaves, by (template, user id, now=).
FLEET_MAIL_LINKS = {"invitation": "accounts.links.address", "password_reset": "accounts.links.address"}

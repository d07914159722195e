"""Secrets, hosts, cookies, headers, passwords."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from accounts.roles import ROLES
from fleet.settings import env
from fleet.settings.base import DEBUG, ENVIRONMENT

_LOCAL = ENVIRONMENT in ("demo", "test")

SECRET_KEY = env.text(
    "FLEET_SECRET_KEY",
    "local-only-" + "not-a-secret-" * 4 if _LOCAL else None,
    expected="a random text of at least 50 characters",
)
_PUBLIC = ("local-only", "django-insecure", "change")  # how secrets begin that stand in files everyone can read
if not _LOCAL and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith(_PUBLIC)):
    raise ImproperlyConfigured(
        "FLEET_SECRET_KEY is wrong: production needs its own random text of at least 50 characters."
    )
if not _LOCAL and DEBUG:
    raise ImproperlyConfigured("FLEET_DEBUG is wrong: production shows no source code to visitors; leave it out.")

ALLOWED_HOSTS = env.items("FLEET_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"] if _LOCAL else None)
CSRF_TRUSTED_ORIGINS = env.items("FLEET_TRUSTED_ORIGINS", [])
# Whose pages may ask the API from a browser, with a token or key of their own; nobody's by default.
CORS_ORIGINS = env.origins("FLEET_CORS_ORIGINS")
# How many reverse proxies in front of us may be believed when they name the client's address.
TRUSTED_PROXIES = env.whole("FLEET_TRUSTED_PROXIES", 0, most=10)

HTTPS = env.flag("FLEET_HTTPS", default=not _LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Browsers take a cookie of such a name from this very host only: no neighbour under the same domain plants a log-in.
_OURS = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_OURS}sessionid", f"{_OURS}csrftoken"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # one long shift
SESSION_ENGINE = "accounts.sessions"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the admin's related-object popups are same-origin frames
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY, see the line above

SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"
# Roles whose people must set up a second factor before they get to work; everyone else may.
FLEET_SECOND_FACTOR_ROLES = env.some_of("FLEET_SECOND_FACTOR_ROLES", ROLES)
OTP_TOTP_ISSUER = "Fleet"
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # accounts/lockout.py counts wrong codes with wrong passwords
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if ENVIRONMENT == "test":
    # Seven hundred log-ins in a test run need not cost an Argon2 each; one test proves the production list.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotTheDemoPassword"},
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
CSRF_FAILURE_VIEW = "fleet.api.handlers.csrf_failure"

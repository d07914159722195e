"""Static files with WhiteNoise; private files in an S3 bucket."""

from urllib.parse import urlsplit

from fleet.settings import env
from fleet.settings.base import BASE_DIR, ENVIRONMENT
from fleet.settings.security import SECURE_CSP

# An address of another host is a CDN that asks us for the same path; the policy for browsers names it too.
_static = env.url("FLEET_STATIC_URL", schemes=("https",)) if env.optional("FLEET_STATIC_URL") else "static/"
STATIC_URL = _static if _static.endswith("/") else f"{_static}/"
_LOCAL = ENVIRONMENT in ("demo", "test")
STATIC_ROOT = None if _LOCAL else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Demo and tests serve straight from the packages: no collectstatic between clone and log-in page.
WHITENOISE_USE_FINDERS = _LOCAL
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test"  # look files up when asked: every test client would read the list anew

if "://" in STATIC_URL:
    _cdn = "{0.scheme}://{0.netloc}".format(urlsplit(STATIC_URL))
    for _kind in ("script-src", "style-src", "img-src", "font-src"):
        SECURE_CSP[_kind] = [*SECURE_CSP[_kind], _cdn]

STORAGES = {
    "default": {
        "BACKEND": "fleet.storage.PrivateStorage",
        "OPTIONS": {
            "bucket_name": env.text("FLEET_S3_BUCKET", "fleet"),
            "endpoint_url": env.optional("FLEET_S3_ENDPOINT") or None,
            # Where browsers reach it, when that is another address than ours.
            "public_endpoint": env.optional("FLEET_S3_PUBLIC_ENDPOINT") or None,
            "region_name": env.text("FLEET_S3_REGION", "eu-central-1"),
            "addressing_style": "path",
            "querystring_auth": True,
            "querystring_expire": 900,
            "file_overwrite": False,
            "default_acl": None,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["fleet.uploads.MemoryUploadHandler"]

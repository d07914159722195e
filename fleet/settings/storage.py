"""Static files with WhiteNoise; private files in an S3 bucket."""

from fleet.settings import env
from fleet.settings.base import BASE_DIR, ENVIRONMENT

STATIC_URL = "static/"
_LOCAL = ENVIRONMENT in ("demo", "test")
STATIC_ROOT = None if _LOCAL else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Demo and tests serve straight from the packages: no collectstatic between clone and log-in page.
WHITENOISE_USE_FINDERS = _LOCAL
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test"  # look files up when asked: every test client would read the list anew

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

"""Fleet's settings with static files as the image has them: collected, under the names of their digests, compressed."""

import os

from whitenoise.storage import CompressedManifestStaticFilesStorage

from fleet.settings import *  # noqa: F403
from fleet.settings import STORAGES

STATIC_ROOT = os.environ["COLLECTED"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # our own; others differ only in number
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
STORAGES["staticfiles"] = {"BACKEND": f"{__name__}.Collected"}


class Collected(CompressedManifestStaticFilesStorage):
    def url(self, name: str, force: bool = False) -> str:
        """Pages name files of packages, too, which are not here."""
        return super().url(name, force) if self.exists(name) else f"/static/{name}"
